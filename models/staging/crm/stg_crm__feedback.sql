with

raw_rows as (
    select * from {{ ref("base_crm__feedback") }}
),

cleaned as (
    select
        raw_rows.feedback_id,
        raw_rows.customer_id,
        raw_rows.given_at,
        lower(raw_rows.feedback_type) as feedback_type,
        raw_rows.rating,
        raw_rows.order_id,
        raw_rows.resolved_at,
        {{ business_date("raw_rows.given_at") }} as given_date,
        {{ business_date("raw_rows.resolved_at") }} as resolved_date,
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
        {{ delivery_rank(["feedback_id"]) }} as _delivery_rank,
        {{ winner_hash(["feedback_id"]) }} as _winner_hash
    from cleaned
),

final as (
    select
        feedback_id,
        customer_id,
        given_at,
        feedback_type,
        rating,
        order_id,
        resolved_at,
        given_date,
        resolved_date,
        {{ row_status() }} as row_status,
        {{ row_reason() }} as row_reason,
        {{ row_reason_column() }} as row_reason_column,
        _delivery,
        _version,
        _raw
    from ranked
)

select * from final
