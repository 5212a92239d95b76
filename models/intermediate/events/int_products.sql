with

products as (
    select * from {{ ref("stg_sales__products") }}
    where row_status = 'accepted'
),

final as (
    select
        product_id,
        category,
        department,
        is_private_label,
        margin_rate
    from products
)

select * from final
