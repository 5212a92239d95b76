with

product_days as (
    select * from {{ ref("int_product_days") }}
),

links as (
    select * from {{ ref("int_person_links") }}
),

spine as (
    select * from {{ ref("int_spine") }}
),

rates as (
    select * from {{ ref("int_currency_rates") }}
),

products as (
    select * from {{ ref("stg_sales__products") }}
    where row_status = 'accepted'
),

known as (
    select
        spine.customer_id,
        spine.as_of_date,
        product_days.event_date as order_date,
        product_days.product_id,
        product_days.line_count,
        {{ converted("product_days.net_amount") }} as net_amount,
        {{ converted("product_days.discount_amount") }} as discount_amount
    from product_days
    inner join links
        on product_days.source_customer_id = links.source_customer_id
    inner join spine
        on links.customer_id = spine.customer_id
        and links.as_of_date = spine.as_of_date
    inner join rates
        on product_days.currency = rates.currency
        and product_days.event_date >= rates.valid_from_date
        and product_days.event_date < rates.valid_to_date
    where
        product_days.event_date < spine.as_of_date
        and product_days.known_date < spine.as_of_date
        and {{ within_days("product_days.event_date", 364) }}
),

/* A line of a cancelled order and what took it back cancel out. */
summed as (
    select
        customer_id,
        as_of_date,
        order_date,
        product_id,
        cast(sum(line_count) as bigint) as line_count,
        {{ as_amount("sum(net_amount)") }} as net_amount,
        {{ as_amount("sum(discount_amount)") }} as discount_amount
    from known
    group by
        customer_id,
        as_of_date,
        order_date,
        product_id
    having sum(line_count) <> 0
),

/* What follows from the key is added to the sums: to group by it too takes longer. */
final as (
    select
        summed.customer_id,
        summed.as_of_date,
        summed.order_date,
        {{ days_between("summed.order_date", "summed.as_of_date") }} as age_days,
        summed.product_id,
        products.category,
        products.department,
        products.is_private_label,
        summed.line_count,
        summed.net_amount,
        summed.discount_amount
    from summed
    left join products
        on summed.product_id = products.product_id
)

select * from final
