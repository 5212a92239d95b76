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

baskets as (
    select
        order_lines.order_id,
        count(*) as line_count,
        sum(order_lines.discount_amount) as discount_amount,
        sum(order_lines.coupon_amount) as coupon_amount
    from {{ ref("stg_sales__order_lines") }} as order_lines
    inner join days
        on order_lines.ordered_date = days.event_date
    where order_lines.row_status = 'accepted'
    group by order_lines.order_id
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
        coalesce(signed.channel, 'unknown') as channel,
        signed.sign,
        signed.amount,
        case when signed.amount < 0 then 1 else 0 end as is_return,
        coalesce(signed.discount_amount, baskets.discount_amount, 0) as discount_amount,
        coalesce(signed.coupon_amount, baskets.coupon_amount, 0) as coupon_amount,
        coalesce(baskets.line_count, 0) as line_count
    from signed
    left join baskets
        on signed.order_id = baskets.order_id
),

summed as (
    select
        source_customer_id,
        event_date,
        known_date,
        currency,
        channel,
        cast(sum(sign * (1 - is_return)) as bigint) as order_count,
        cast(sum(sign * is_return) as bigint) as return_count,
        cast(sum(sign * line_count) as bigint) as line_count,
        cast(sum(case when coupon_amount > 0 and is_return = 0 then sign else 0 end) as bigint) as coupon_order_count,
        {{ as_amount("sum(sign * amount)") }} as amount,
        {{ as_amount("sum(case when is_return = 1 then sign * amount else 0 end)") }} as return_amount,
        {{ as_amount("sum(sign * discount_amount)") }} as discount_amount,
        {{ as_amount("sum(sign * coupon_amount)") }} as coupon_amount
    from measured
    group by
        source_customer_id,
        event_date,
        known_date,
        currency,
        channel
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
