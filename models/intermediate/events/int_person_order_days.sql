with

order_days as (
    select * from {{ ref("int_order_days") }}
),

spine as (
    select * from {{ ref("int_source_spine") }}
),

rates as (
    select * from {{ ref("int_currency_rates") }}
),

known as (
    select
        spine.customer_id,
        spine.as_of_date,
        order_days.event_date as order_date,
        order_days.channel,
        order_days.order_count,
        order_days.return_count,
        order_days.line_count,
        order_days.coupon_order_count,
        {{ converted("order_days.amount") }} as amount,
        {{ converted("order_days.return_amount") }} as return_amount,
        {{ converted("order_days.discount_amount") }} as discount_amount,
        {{ converted("order_days.coupon_amount") }} as coupon_amount
    from order_days
    inner join spine
        on order_days.source_customer_id = spine.source_customer_id
    inner join rates
        on order_days.currency = rates.currency
        and order_days.event_date >= rates.valid_from_date
        and order_days.event_date < rates.valid_to_date
    where
        order_days.event_date < spine.as_of_date
        and order_days.known_date < spine.as_of_date
),

final as (
    select
        customer_id,
        as_of_date,
        order_date,
        channel,
        {{ days_between("order_date", "as_of_date") }} as age_days,
        cast(sum(order_count) as bigint) as order_count,
        cast(sum(return_count) as bigint) as return_count,
        cast(sum(line_count) as bigint) as line_count,
        cast(sum(coupon_order_count) as bigint) as coupon_order_count,
        {{ as_amount("sum(amount)") }} as amount,
        {{ as_amount("sum(return_amount)") }} as return_amount,
        {{ as_amount("sum(discount_amount)") }} as discount_amount,
        {{ as_amount("sum(coupon_amount)") }} as coupon_amount
    from known
    group by
        customer_id,
        as_of_date,
        order_date,
        channel
    having sum(order_count) > 0 or sum(return_count) > 0
)

select * from final
