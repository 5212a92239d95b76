with

contract_columns as (
    select
        source_name || '.' || table_name as table_name,
        column_name,
        is_delivered
    from {{ ref("base_contract_columns") }}
),

final as (
    select
        {{ is_delivered("crm.customers") }} as has_customers,
        {{ is_delivered("crm.customers", "created_at") }} as has_created_at,
        {{ is_delivered("crm.interactions") }} as has_interactions,
        {{ is_delivered("crm.feedback") }} as has_feedback,
        {{ is_delivered("crm.leads") }} as has_leads,
        {{ is_delivered("marketing.campaigns") }} as has_campaigns,
        {{ is_delivered("marketing.touches") }} as has_touches,
        {{ is_delivered("marketing.responses") }} as has_responses,
        {{ is_delivered("sales.orders") }} as has_orders,
        {{ is_delivered("sales.orders", "channel") }} as has_order_channel,
        {{ is_delivered("sales.orders", "discount_amount") }}
        or {{ is_delivered("sales.order_lines", "discount_amount") }} as has_discounts,
        {{ is_delivered("sales.orders", "coupon_amount") }}
        or {{ is_delivered("sales.order_lines", "coupon_amount") }} as has_coupons,
        {{ is_delivered("sales.order_lines") }} as has_order_lines,
        {{ is_delivered("sales.order_lines", "product_id") }} as has_line_products,
        {{ is_delivered("sales.order_lines", "discount_amount") }} as has_line_discounts,
        {{ is_delivered("sales.order_lines", "product_id") }}
        and {{ is_delivered("sales.products", "category") }} as has_product_category,
        {{ is_delivered("sales.order_lines", "product_id") }}
        and {{ is_delivered("sales.products", "is_private_label") }} as has_private_label,
        {{ is_delivered("sales.offer_products") }} as has_offer_products,
        {{ is_delivered("finance.invoices") }} as has_invoices,
        {{ is_delivered("finance.loans") }} as has_loans
    from contract_columns
)

select * from final
