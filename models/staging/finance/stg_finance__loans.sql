with

raw_rows as (
    select * from {{ ref("base_finance__loans") }}
),

currencies as (
    select distinct currency from {{ ref("currency_rates") }}
),

cleaned as (
    select
        raw_rows.loan_id,
        raw_rows.customer_id,
        raw_rows.started_at,
        raw_rows.amount,
        {{ currency_code("raw_rows.currency") }} as currency,
        raw_rows.term_months,
        raw_rows.collateral_kind,
        raw_rows.collateral_value,
        raw_rows.defaulted_at,
        raw_rows.closed_at,
        {{ business_date("raw_rows.started_at") }} as started_date,
        {{ business_date("raw_rows.defaulted_at") }} as defaulted_date,
        {{ business_date("raw_rows.closed_at") }} as closed_date,
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
        {{ delivery_rank(["loan_id"]) }} as _delivery_rank,
        {{ winner_hash(["loan_id"]) }} as _winner_hash
    from cleaned
),

final as (
    select
        loan_id,
        customer_id,
        started_at,
        amount,
        currency,
        term_months,
        collateral_kind,
        collateral_value,
        defaulted_at,
        closed_at,
        started_date,
        defaulted_date,
        closed_date,
        {{ row_status(later_reason="_later_reason") }} as row_status,
        {{ row_reason("_later_reason") }} as row_reason,
        {{ row_reason_column("_later_reason", "_later_column") }} as row_reason_column,
        _delivery,
        _version,
        _raw
    from ranked
)

select * from final
