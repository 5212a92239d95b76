/*
    A row is a total of a roll-up that differs from that of the accepted rows behind it, orders that were
    cancelled apart (they are taken back). A day was built from other deliveries than are there now: see the
    day's version_set, or build with --full-refresh.
*/
with

orders as (
    select * from {{ ref("stg_sales__orders") }}
    where row_status = 'accepted' and coalesce(status, 'completed') <> 'cancelled'
),

lines as (
    select * from {{ ref("stg_sales__order_lines") }}
    where row_status = 'accepted'
),

totals as (
    select
        'orders in ' || currency as measure,
        count(*) as row_count,
        sum(amount) as amount
    from orders
    group by currency
    union all
    select
        'lines in ' || orders.currency as measure,
        count(*) as row_count,
        sum(lines.net_amount) as amount
    from lines
    inner join orders
        on lines.order_id = orders.order_id
    group by orders.currency
    union all
    select
        'interactions of ' || interaction_type as measure,
        count(*) as row_count,
        0 as amount
    from {{ ref("stg_crm__interactions") }}
    where row_status = 'accepted'
    group by interaction_type
),

rolled_up as (
    select
        'orders in ' || currency as measure,
        sum(order_count + return_count) as row_count,
        sum(amount) as amount
    from {{ ref("int_order_days") }}
    group by currency
    union all
    select
        'lines in ' || currency as measure,
        sum(line_count) as row_count,
        sum(net_amount) as amount
    from {{ ref("int_product_days") }}
    group by currency
    union all
    select
        'interactions of ' || interaction_type as measure,
        sum(interaction_count) as row_count,
        0 as amount
    from {{ ref("int_interaction_days") }}
    group by interaction_type
)

select
    coalesce(totals.measure, rolled_up.measure) as measure,
    totals.row_count,
    rolled_up.row_count as rolled_up_row_count,
    totals.amount,
    rolled_up.amount as rolled_up_amount
from totals
full outer join rolled_up
    on totals.measure = rolled_up.measure
where
    coalesce(totals.row_count, 0) <> coalesce(rolled_up.row_count, 0)
    or coalesce(totals.amount, 0) <> coalesce(rolled_up.amount, 0)
