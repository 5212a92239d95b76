with

product_days as (
    select * from {{ ref("int_product_days") }}
),

spine as (
    select * from {{ ref("int_source_spine") }}
),

rates as (
    select * from {{ ref("int_currency_rates") }}
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        {{ days_between("product_days.event_date", "spine.as_of_date") }} as age_days,
        product_days.product_id,
        product_days.line_count,
        {{ converted("product_days.net_amount") }} as net_amount,
        {{ converted("product_days.discount_amount") }} as discount_amount
    from product_days
    inner join spine
        on product_days.source_customer_id = spine.source_customer_id
    inner join rates
        on product_days.currency = rates.currency
        and product_days.event_date >= rates.valid_from_date
        and product_days.event_date < rates.valid_to_date
    where
        product_days.event_date < spine.as_of_date
        and product_days.known_date < spine.as_of_date
        and {{ within_days("product_days.event_date", 364) }}
)

select * from final
