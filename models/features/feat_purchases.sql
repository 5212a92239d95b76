with

spine as (
    select * from {{ ref("int_spine") }}
),

availability as (
    select * from {{ ref("int_availability") }}
),

order_days as (
    select * from {{ ref("int_person_order_days") }}
),

measured as (
    select
        customer_id,
        as_of_date,
        min(case when order_count > 0 then age_days end) as days_since_last_order,
        max(case when order_count > 0 then age_days end) as days_since_first_order,
        count(distinct case when order_count > 0 and age_days <= 91 then order_date end) as order_day_count_91d,
        count(
            distinct case when order_count > 0 and age_days <= 91 then floor((age_days - 1) / 7) end
        ) as order_week_count_91d,
        {% for days in [7, 28, 91, 182, 364] -%}
        {{ sum_within("order_count", days) }} as order_count_{{ days }}d,
        {{ as_amount(sum_within("amount", days)) }} as order_amount_{{ days }}d,
        {% endfor -%}
        {{ sum_within("order_count", 56) }} as order_count_56d,
        {{ as_amount("sum(amount)") }} as order_amount_lifetime,
        sum(order_count) as order_count_lifetime,
        {{ sum_within("return_count", 364) }} as return_count_364d,
        {{ as_amount("-" ~ sum_within("return_amount", 364)) }} as return_amount_364d,
        {{ sum_within("coupon_order_count", 182) }} as coupon_order_count_182d,
        {{ as_amount(sum_within("coupon_amount", 91)) }} as coupon_amount_91d,
        {{ as_amount(sum_within("discount_amount", 182)) }} as discount_amount_182d,
        {{ sum_within("line_count", 182) }} as line_count_182d,
        {{ sum_within("order_count", 364, "channel in ('web', 'app', 'online')") }} as online_order_count_364d,
        count(distinct case when age_days <= 364 and order_count > 0 then channel end) as order_channel_count_364d,
        sum(order_count * {{ decay("age_days", 14) }}) as decayed_order_count_14d,
        sum(order_count * {{ decay("age_days", 56) }}) as decayed_order_count_56d,
        sum(amount * {{ decay("age_days", 56) }}) as decayed_order_amount_56d
    from order_days
    group by
        customer_id,
        as_of_date
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        cast(measured.days_since_last_order as bigint) as days_since_last_order,
        cast(measured.days_since_first_order as bigint) as days_since_first_order,
        {% for name in [
            "order_day_count_91d", "order_week_count_91d", "order_count_7d", "order_count_28d", "order_count_91d",
            "order_count_182d", "order_count_364d", "order_count_lifetime", "return_count_364d",
        ] -%}
        cast({{ where_available("has_orders", "measured." ~ name) }} as bigint) as {{ name }},
        {% endfor -%}
        {% for name in [
            "order_amount_7d", "order_amount_28d", "order_amount_91d", "order_amount_182d", "order_amount_364d",
            "order_amount_lifetime",
        ] -%}
        {{ as_amount(where_available("has_orders", "measured." ~ name)) }} as {{ name }},
        {% endfor -%}
        {{ rounded("measured.order_amount_182d / nullif(" ~ as_double("measured.order_count_182d") ~ ", 0)", 4) }}
            as average_order_amount_182d,
        {{ quantise(where_available("has_orders", "measured.decayed_order_count_14d")) }} as decayed_order_count_14d,
        {{ quantise(where_available("has_orders", "measured.decayed_order_count_56d")) }} as decayed_order_count_56d,
        {{ quantise(where_available("has_orders", "measured.decayed_order_amount_56d")) }} as decayed_order_amount_56d,
        {{ quantise(
            "(2.0 * measured.order_count_28d - measured.order_count_56d) / nullif(measured.order_count_56d, 0)"
        ) }} as order_count_trend_28d,
        {{ quantise(
            as_double("2 * measured.order_amount_91d - measured.order_amount_182d")
            ~ " / nullif(measured.order_amount_182d, 0)"
        ) }} as order_amount_trend_91d,
        {{ quantise(
            as_double("least(measured.return_amount_364d, measured.order_amount_364d + measured.return_amount_364d)")
            ~ " / nullif(measured.order_amount_364d + measured.return_amount_364d, 0)"
        ) }} as return_amount_share_364d,
        case
            when availability.has_coupons
                then {{ quantise("1.0 * measured.coupon_order_count_182d / nullif(measured.order_count_182d, 0)") }}
        end as coupon_order_share_182d,
        case
            when availability.has_coupons
                then coalesce(measured.coupon_amount_91d, 0)
        end as coupon_amount_91d,
        case
            when availability.has_discounts
                then {{ quantise(
                    as_double("measured.discount_amount_182d")
                    ~ " / nullif(measured.order_amount_182d + measured.discount_amount_182d, 0)"
                ) }}
        end as discount_share_182d,
        case
            when availability.has_order_lines
                then {{ quantise("1.0 * measured.line_count_182d / nullif(measured.order_count_182d, 0)") }}
        end as average_basket_lines_182d,
        case
            when availability.has_order_channel
                then {{ quantise("1.0 * measured.online_order_count_364d / nullif(measured.order_count_364d, 0)") }}
        end as online_order_share_364d,
        cast({{ where_available("has_order_channel", "measured.order_channel_count_364d") }} as bigint)
            as order_channel_count_364d
    from spine
    cross join availability
    left join measured
        on spine.customer_id = measured.customer_id
        and spine.as_of_date = measured.as_of_date
)

select * from final
