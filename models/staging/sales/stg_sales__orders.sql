with

raw_rows as {{ inlined() }} (
    select * from {{ ref("base_sales__orders") }}
    where {{ is_to_judge("order_id", ref("base_changed_orders")) }}
),

currencies as (
    select distinct currency from {{ ref("currency_rates") }}
),

/* Few keys come more than once, and only those need to be sorted. */
repeated as (
    select order_id
    from raw_rows
    group by order_id
    having count(*) > 1
),

cleaned as {{ inlined() }} (
    select
        raw_rows.order_id,
        raw_rows.customer_id,
        raw_rows.ordered_at,
        raw_rows.amount,
        {{ currency_code("raw_rows.currency") }} as currency,
        raw_rows.channel,
        lower(raw_rows.status) as status,
        raw_rows.status_at,
        raw_rows.discount_amount,
        raw_rows.coupon_amount,
        raw_rows.store_id,
        {{ business_date("raw_rows.ordered_at") }} as ordered_date,
        {{ business_date("raw_rows.status_at") }} as status_date,
        raw_rows._delivery,
        raw_rows._version,
        raw_rows._loaded_at,
        raw_rows._row_hash,
        raw_rows._reason,
        raw_rows._reason_column,
        raw_rows._raw,
        case when currencies.currency is null then 'currency_without_rate' end as _later_reason,
        'currency' as _later_column,
        repeated.order_id is not null as _is_repeated
    from raw_rows
    left join currencies
        on {{ currency_code("raw_rows.currency") }} = currencies.currency
    left join repeated
        on raw_rows.order_id = repeated.order_id
),

ranked as (
    {{ rank_repeated("cleaned", ["order_id"]) }}
),

final as (
    select
        order_id,
        customer_id,
        ordered_at,
        amount,
        currency,
        channel,
        status,
        status_at,
        discount_amount,
        coupon_amount,
        store_id,
        ordered_date,
        status_date,
        {{ row_status(later_reason="_later_reason", person="customer_id") }} as row_status,
        {{ row_reason("_later_reason") }} as row_reason,
        {{ row_reason_column("_later_reason", "_later_column") }} as row_reason_column,
        _delivery,
        _version,
        _row_hash,
        '{{ judged_by(config.get("meta")["judged_with"]) }}' as _judged_by,
        _raw
    from ranked
)

select * from final
