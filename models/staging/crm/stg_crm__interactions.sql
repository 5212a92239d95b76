with

raw_rows as (
    select * from {{ ref("base_crm__interactions") }}
),

cleaned as (
    select
        raw_rows.interaction_id,
        raw_rows.customer_id,
        raw_rows.occurred_at,
        lower(raw_rows.interaction_type) as interaction_type,
        raw_rows.channel,
        raw_rows.campaign_id,
        coalesce(raw_rows.is_bot, false) as is_bot,
        raw_rows.duration_seconds,
        {{ business_date("raw_rows.occurred_at") }} as occurred_date,
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
        {{ delivery_rank(["interaction_id"]) }} as _delivery_rank,
        {{ winner_hash(["interaction_id"]) }} as _winner_hash
    from cleaned
),

final as (
    select
        interaction_id,
        customer_id,
        occurred_at,
        interaction_type,
        channel,
        campaign_id,
        is_bot,
        duration_seconds,
        occurred_date,
        {{ row_status(person="customer_id") }} as row_status,
        {{ row_reason() }} as row_reason,
        {{ row_reason_column() }} as row_reason_column,
        _delivery,
        _version,
        _raw
    from ranked
)

select * from final
