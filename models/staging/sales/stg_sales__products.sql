with

raw_rows as (
    select * from {{ ref("base_sales__products") }}
),

cleaned as (
    select
        raw_rows.product_id,
        raw_rows.product_name,
        raw_rows.category,
        raw_rows.department,
        raw_rows.brand,
        raw_rows.is_private_label,
        raw_rows.margin_rate,
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
        {{ delivery_rank(["product_id"]) }} as _delivery_rank,
        {{ winner_hash(["product_id"]) }} as _winner_hash
    from cleaned
),

final as (
    select
        product_id,
        product_name,
        category,
        department,
        brand,
        is_private_label,
        margin_rate,
        {{ row_status() }} as row_status,
        {{ row_reason() }} as row_reason,
        {{ row_reason_column() }} as row_reason_column,
        _delivery,
        _version,
        _raw
    from ranked
)

select * from final
