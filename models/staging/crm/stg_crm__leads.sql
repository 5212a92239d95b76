with

raw_rows as (
    select * from {{ ref("base_crm__leads") }}
),

currencies as (
    select distinct currency from {{ ref("currency_rates") }}
),

cleaned as (
    select
        raw_rows.lead_id,
        raw_rows.customer_id,
        raw_rows.created_at,
        raw_rows.offer_id,
        raw_rows.lead_source,
        raw_rows.stage,
        lower(raw_rows.outcome) as outcome,
        raw_rows.outcome_at,
        raw_rows.amount,
        {{ currency_code("raw_rows.currency") }} as currency,
        {{ business_date("raw_rows.created_at") }} as created_date,
        {{ business_date("raw_rows.outcome_at") }} as outcome_date,
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
        {{ delivery_rank(["lead_id"]) }} as _delivery_rank,
        {{ winner_hash(["lead_id"]) }} as _winner_hash
    from cleaned
),

final as (
    select
        lead_id,
        customer_id,
        created_at,
        offer_id,
        lead_source,
        stage,
        outcome,
        outcome_at,
        amount,
        currency,
        created_date,
        outcome_date,
        {{ row_status(later_reason="_later_reason") }} as row_status,
        {{ row_reason("_later_reason") }} as row_reason,
        {{ row_reason_column("_later_reason", "_later_column") }} as row_reason_column,
        _delivery,
        _version,
        _raw
    from ranked
)

select * from final
