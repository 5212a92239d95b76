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

orders_of_days as (
    select
        orders.*,
        days.version_set
    from orders
    inner join days
        on orders.ordered_date = days.event_date
),

baskets as (
    select
        lines.order_id,
        count(*) as line_count,
        sum(lines.discount_amount) as discount_amount,
        sum(lines.coupon_amount) as coupon_amount
    from lines
    inner join orders_of_days
        on lines.order_id = orders_of_days.order_id
    group by lines.order_id
),

measured as (
    select
        orders_of_days.customer_id as source_customer_id,
        orders_of_days.ordered_date as event_date,
        orders_of_days.version_set,
        orders_of_days.currency,
        orders_of_days.channel,
        orders_of_days.amount,
        case when orders_of_days.amount < 0 then 1 else 0 end as is_return,
        coalesce(orders_of_days.discount_amount, baskets.discount_amount, 0) as discount_amount,
        coalesce(orders_of_days.coupon_amount, baskets.coupon_amount, 0) as coupon_amount,
        coalesce(baskets.line_count, 0) as line_count,
        orders_of_days.status,
        greatest(
            orders_of_days.ordered_date, coalesce(orders_of_days.status_date, orders_of_days.ordered_date)
        ) as status_date
    from orders_of_days
    left join baskets
        on orders_of_days.order_id = baskets.order_id
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
        coalesce(channel, 'unknown') as channel,
        cast(sum(sign * (1 - is_return)) as bigint) as order_count,
        cast(sum(sign * is_return) as bigint) as return_count,
        cast(sum(sign * line_count) as bigint) as line_count,
        cast(sum(case when coupon_amount > 0 and is_return = 0 then sign else 0 end) as bigint) as coupon_order_count,
        {{ as_amount("sum(sign * amount)") }} as amount,
        {{ as_amount("sum(case when is_return = 1 then sign * amount else 0 end)") }} as return_amount,
        {{ as_amount("sum(sign * discount_amount)") }} as discount_amount,
        {{ as_amount("sum(sign * coupon_amount)") }} as coupon_amount,
        version_set
    from signed
    group by
        source_customer_id,
        event_date,
        known_date,
        currency,
        coalesce(channel, 'unknown'),
        version_set
)

select * from final
