with

days as (
    {{ days_to_build(ref("int_order_day_versions")) }}
),

orders as {{ inlined() }} (
    select orders.*
    from {{ ref("stg_sales__orders") }} as orders
    inner join days
        on orders.ordered_date = days.event_date
    where orders.row_status = 'accepted'
),

lines as (
    select order_lines.*
    from {{ ref("stg_sales__order_lines") }} as order_lines
    inner join days
        on order_lines.ordered_date = days.event_date
    where order_lines.row_status = 'accepted'
),

/* A cancellation takes the order back from the day on which it became known. */
signed as (
    select
        orders.*,
        orders.ordered_date as known_date,
        1 as sign
    from orders
    union all
    select
        orders.*,
        greatest(orders.ordered_date, coalesce(orders.status_date, orders.ordered_date)) as known_date,
        -1 as sign
    from orders
    where orders.status = 'cancelled'
),

measured as (
    select
        signed.customer_id as source_customer_id,
        signed.ordered_date as event_date,
        signed.known_date,
        signed.currency,
        coalesce(lines.product_id, 'unknown') as product_id,
        signed.sign,
        lines.net_amount,
        coalesce(lines.discount_amount, 0) as discount_amount
    from lines
    inner join signed
        on lines.order_id = signed.order_id
),

summed as (
    select
        source_customer_id,
        event_date,
        known_date,
        currency,
        product_id,
        cast(sum(sign) as bigint) as line_count,
        {{ as_amount("sum(sign * net_amount)") }} as net_amount,
        {{ as_amount("sum(sign * discount_amount)") }} as discount_amount
    from measured
    group by
        source_customer_id,
        event_date,
        known_date,
        currency,
        product_id
),

final as (
    select
        summed.*,
        days.version_set
    from summed
    inner join days
        on summed.event_date = days.event_date
)

select * from final
