with

raw_rows as (
    select * from {{ ref("base_finance__invoices") }}
),

currencies as (
    select distinct currency from {{ ref("currency_rates") }}
),

cleaned as (
    select
        raw_rows.invoice_id,
        raw_rows.customer_id,
        raw_rows.issued_at,
        raw_rows.due_date,
        raw_rows.amount,
        {{ currency_code("raw_rows.currency") }} as currency,
        raw_rows.paid_at,
        raw_rows.order_id,
        {{ business_date("raw_rows.issued_at") }} as issued_date,
        {{ business_date("raw_rows.paid_at") }} as paid_date,
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
        {{ delivery_rank(["invoice_id"]) }} as _delivery_rank,
        {{ winner_hash(["invoice_id"]) }} as _winner_hash
    from cleaned
),

final as (
    select
        invoice_id,
        customer_id,
        issued_at,
        due_date,
        amount,
        currency,
        paid_at,
        order_id,
        issued_date,
        paid_date,
        {{ row_status(later_reason="_later_reason") }} as row_status,
        {{ row_reason("_later_reason") }} as row_reason,
        {{ row_reason_column("_later_reason", "_later_column") }} as row_reason_column,
        _delivery,
        _version,
        _raw
    from ranked
)

select * from final
