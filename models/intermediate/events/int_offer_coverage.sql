with

offer_products as (
    select * from {{ ref("stg_sales__offer_products") }}
    where row_status = 'accepted'
),

products as (
    select * from {{ ref("int_products") }}
),

final as (
    select
        offer_id,
        product_id
    from offer_products
    where product_id is not null
    union
    select
        offer_products.offer_id,
        products.product_id
    from offer_products
    inner join products
        on offer_products.category = products.category
    where offer_products.product_id is null
)

select * from final
