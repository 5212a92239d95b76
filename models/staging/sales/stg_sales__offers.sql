with

raw_rows as (
    select * from {{ ref("base_sales__offers") }}
),

currencies as (
    select distinct currency from {{ ref("currency_rates") }}
),

cleaned as (
    select
        raw_rows.offer_id,
        raw_rows.offer_name,
        raw_rows.offer_type,
        raw_rows.list_amount,
        {{ currency_code("raw_rows.currency") }} as currency,
        raw_rows.start_date,
        raw_rows.end_date,
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
        {{ delivery_rank(["offer_id"]) }} as _delivery_rank,
        {{ winner_hash(["offer_id"]) }} as _winner_hash
    from cleaned
),

final as (
    select
        offer_id,
        offer_name,
        offer_type,
        list_amount,
        currency,
        start_date,
        end_date,
        {{ row_status(later_reason="_later_reason") }} as row_status,
        {{ row_reason("_later_reason") }} as row_reason,
        {{ row_reason_column("_later_reason", "_later_column") }} as row_reason_column,
        _delivery,
        _version,
        _raw
    from ranked
)

select * from final
