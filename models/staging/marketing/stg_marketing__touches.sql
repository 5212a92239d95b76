with

raw_rows as (
    select * from {{ ref("base_marketing__touches") }}
),

cleaned as (
    select
        raw_rows.touch_id,
        raw_rows.customer_id,
        raw_rows.campaign_id,
        raw_rows.touched_at,
        raw_rows.channel,
        coalesce(raw_rows.is_transactional, false) as is_transactional,
        coalesce(raw_rows.is_control, false) as is_control,
        coalesce(lower(raw_rows.status), 'sent') as status,
        {{ business_date("raw_rows.touched_at") }} as touched_date,
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
        {{ delivery_rank(["touch_id"]) }} as _delivery_rank,
        {{ winner_hash(["touch_id"]) }} as _winner_hash
    from cleaned
),

final as (
    select
        touch_id,
        customer_id,
        campaign_id,
        touched_at,
        channel,
        is_transactional,
        is_control,
        status,
        touched_date,
        {{ row_status() }} as row_status,
        {{ row_reason() }} as row_reason,
        {{ row_reason_column() }} as row_reason_column,
        _delivery,
        _version,
        _raw
    from ranked
)

select * from final
