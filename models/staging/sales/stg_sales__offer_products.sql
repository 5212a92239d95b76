with

raw_rows as (
    select * from {{ ref("base_sales__offer_products") }}
),

cleaned as (
    select
        raw_rows.offer_id,
        raw_rows.product_id,
        raw_rows.category,
        raw_rows._delivery,
        raw_rows._version,
        raw_rows._loaded_at,
        raw_rows._row_hash,
        raw_rows._reason,
        raw_rows._reason_column,
        raw_rows._raw
    from raw_rows
),

ranked as (
    select
        *,
        {{ delivery_rank(["offer_id", "product_id", "category"]) }} as _delivery_rank,
        {{ winner_hash(["offer_id", "product_id", "category"]) }} as _winner_hash
    from cleaned
),

final as (
    select
        offer_id,
        product_id,
        category,
        {{ row_status() }} as row_status,
        {{ row_reason() }} as row_reason,
        {{ row_reason_column() }} as row_reason_column,
        _delivery,
        _version,
        _raw
    from ranked
)

select * from final
