with

raw_rows as (
    select * from {{ ref("base_marketing__campaigns") }}
),

currencies as (
    select distinct currency from {{ ref("currency_rates") }}
),

cleaned as (
    select
        raw_rows.campaign_id,
        raw_rows.campaign_name,
        raw_rows.campaign_type,
        raw_rows.channel,
        raw_rows.offer_id,
        raw_rows.start_date,
        raw_rows.end_date,
        raw_rows.unit_cost,
        raw_rows.incentive_amount,
        raw_rows.budget_amount,
        {{ currency_code("raw_rows.currency") }} as currency,
        raw_rows._delivery,
        raw_rows._version,
        raw_rows._loaded_at,
        raw_rows._row_hash,
        raw_rows._reason,
        raw_rows._reason_column,
        raw_rows._raw,
        case when currencies.currency is null then 'currency_without_rate' end as _later_reason,
        'currency' as _later_column
    from raw_rows
    left join currencies
        on {{ currency_code("raw_rows.currency") }} = currencies.currency
),

ranked as (
    select
        *,
        {{ delivery_rank(["campaign_id"]) }} as _delivery_rank,
        {{ winner_hash(["campaign_id"]) }} as _winner_hash
    from cleaned
),

final as (
    select
        campaign_id,
        campaign_name,
        campaign_type,
        channel,
        offer_id,
        start_date,
        end_date,
        unit_cost,
        incentive_amount,
        budget_amount,
        currency,
        {{ row_status(later_reason="_later_reason") }} as row_status,
        {{ row_reason("_later_reason") }} as row_reason,
        {{ row_reason_column("_later_reason", "_later_column") }} as row_reason_column,
        _delivery,
        _version,
        _raw
    from ranked
)

select * from final
