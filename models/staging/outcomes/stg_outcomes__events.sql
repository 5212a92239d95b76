with

raw_rows as (
    select * from {{ ref("base_outcomes__events") }}
),

currencies as (
    select distinct currency from {{ ref("currency_rates") }}
),

cleaned as (
    select
        raw_rows.event_id,
        raw_rows.customer_id,
        raw_rows.outcome_name,
        raw_rows.occurred_at,
        raw_rows.amount,
        {{ currency_code("raw_rows.currency") }} as currency,
        {{ business_date("raw_rows.occurred_at") }} as occurred_date,
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
        {{ delivery_rank(["event_id"]) }} as _delivery_rank,
        {{ winner_hash(["event_id"]) }} as _winner_hash
    from cleaned
),

final as (
    select
        event_id,
        customer_id,
        outcome_name,
        occurred_at,
        amount,
        currency,
        occurred_date,
        {{ row_status(later_reason="_later_reason") }} as row_status,
        {{ row_reason("_later_reason") }} as row_reason,
        {{ row_reason_column("_later_reason", "_later_column") }} as row_reason_column,
        _delivery,
        _version,
        _raw
    from ranked
)

select * from final
