with

product_days as (
    select * from {{ ref("int_person_product_days") }}
    where age_days <= 364
),

offer_products as (
    select * from {{ ref("int_offer_products") }}
),

/* Two stages: a day counts once however many products of the offer were bought on it. */
offer_days as (
    select
        product_days.customer_id,
        product_days.as_of_date,
        offer_products.offer_id,
        product_days.age_days,
        sum(product_days.net_amount) as net_amount
    from product_days
    inner join offer_products
        on product_days.product_id = offer_products.product_id
    group by
        product_days.customer_id,
        product_days.as_of_date,
        offer_products.offer_id,
        product_days.age_days
    having sum(product_days.line_count) <> 0 and sum(product_days.net_amount) > 0
),

measured as (
    select
        customer_id,
        as_of_date,
        offer_id,
        min(age_days) as days_since_last,
        max(age_days) as days_since_first,
        {% for days in [28, 91, 182, 364] -%}
        sum(case when age_days <= {{ days }} then 1 else 0 end) as day_count_{{ days }}d,
        {{ as_amount(sum_within("net_amount", days)) }} as amount_{{ days }}d,
        {% endfor -%}
        sum({{ decay("age_days", 56) }}) as decayed_day_count_56d
    from offer_days
    group by
        customer_id,
        as_of_date,
        offer_id
),

final as (
    select
        customer_id,
        as_of_date,
        offer_id,
        cast(days_since_last as bigint) as days_since_last,
        cast(days_since_first as bigint) as days_since_first,
        {% for days in [28, 91, 182, 364] -%}
        cast(day_count_{{ days }}d as bigint) as day_count_{{ days }}d,
        amount_{{ days }}d,
        {% endfor -%}
        {{ quantise("decayed_day_count_56d") }} as decayed_day_count_56d
    from measured
)

select * from final
