with

days as (
    {{ days_to_build(ref("int_order_day_versions")) }}
),

orders as (
    select * from {{ ref("stg_sales__orders") }}
    where row_status = 'accepted'
),

lines as (
    select * from {{ ref("stg_sales__order_lines") }}
    where row_status = 'accepted'
),

measured as (
    select
        orders.customer_id as source_customer_id,
        orders.ordered_date as event_date,
        days.version_set,
        orders.currency,
        lines.product_id,
        lines.net_amount,
        coalesce(lines.discount_amount, 0) as discount_amount,
        orders.status,
        greatest(orders.ordered_date, coalesce(orders.status_date, orders.ordered_date)) as status_date
    from lines
    inner join orders
        on lines.order_id = orders.order_id
    inner join days
        on orders.ordered_date = days.event_date
),

/* A cancellation takes the order back from the day on which it became known. */
signed as (
    select
        measured.*,
        measured.event_date as known_date,
        1 as sign
    from measured
    union all
    select
        measured.*,
        measured.status_date as known_date,
        -1 as sign
    from measured
    where measured.status = 'cancelled'
),

final as (
    select
        source_customer_id,
        event_date,
        known_date,
        currency,
        coalesce(product_id, 'unknown') as product_id,
        cast(sum(sign) as bigint) as line_count,
        {{ as_amount("sum(sign * net_amount)") }} as net_amount,
        {{ as_amount("sum(sign * discount_amount)") }} as discount_amount,
        version_set
    from signed
    group by
        source_customer_id,
        event_date,
        known_date,
        currency,
        coalesce(product_id, 'unknown'),
        version_set
)

select * from final
