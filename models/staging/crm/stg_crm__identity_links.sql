with

raw_rows as (
    select * from {{ ref("base_crm__identity_links") }}
),

cleaned as (
    select
        raw_rows.customer_id,
        raw_rows.other_customer_id,
        raw_rows.decided_at,
        lower(raw_rows.verdict) as verdict,
        {{ business_date("raw_rows.decided_at") }} as decided_date,
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
        {{ delivery_rank(["customer_id", "other_customer_id", "decided_at"]) }} as _delivery_rank,
        {{ winner_hash(["customer_id", "other_customer_id", "decided_at"]) }} as _winner_hash
    from cleaned
),

final as (
    select
        customer_id,
        other_customer_id,
        decided_at,
        verdict,
        decided_date,
        {{ row_status() }} as row_status,
        {{ row_reason() }} as row_reason,
        {{ row_reason_column() }} as row_reason_column,
        _delivery,
        _version,
        _raw
    from ranked
)

select * from final
