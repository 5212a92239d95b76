with

raw_rows as {{ inlined() }} (
    select * from {{ ref("base_sales__order_lines") }}
    where {{ is_to_judge("order_id", ref("base_changed_orders")) }}
),

orders as (
    select
        order_id,
        ordered_date
    from {{ ref("stg_sales__orders") }}
    where
        row_status in ('accepted', 'anonymous')
        and {{ is_to_judge("order_id", ref("base_changed_orders")) }}
),

/* Few keys come more than once, and only those need to be sorted. */
repeated as (
    select
        order_id,
        line_number
    from raw_rows
    group by
        order_id,
        line_number
    having count(*) > 1
),

cleaned as {{ inlined() }} (
    select
        raw_rows.order_id,
        raw_rows.line_number,
        raw_rows.product_id,
        raw_rows.quantity,
        raw_rows.unit_price,
        raw_rows.net_amount,
        raw_rows.discount_amount,
        raw_rows.coupon_amount,
        orders.ordered_date,
        raw_rows._delivery,
        raw_rows._version,
        raw_rows._loaded_at,
        raw_rows._row_hash,
        raw_rows._reason,
        raw_rows._reason_column,
        raw_rows._raw,
        case
            when orders.order_id is null then 'line_without_order'
            when raw_rows.net_amount < 0 and raw_rows.quantity > 0 then 'negative_amount_without_return'
        end as _later_reason,
        case when orders.order_id is null then 'order_id' else 'net_amount' end as _later_column,
        repeated.order_id is not null as _is_repeated
    from raw_rows
    left join orders
        on raw_rows.order_id = orders.order_id
    left join repeated
        on raw_rows.order_id = repeated.order_id
        and raw_rows.line_number = repeated.line_number
),

ranked as (
    {{ rank_repeated("cleaned", ["order_id", "line_number"]) }}
),

final as (
    select
        order_id,
        line_number,
        product_id,
        quantity,
        unit_price,
        net_amount,
        discount_amount,
        coupon_amount,
        ordered_date,
        {{ row_status(later_reason="_later_reason") }} as row_status,
        {{ row_reason("_later_reason") }} as row_reason,
        {{ row_reason_column("_later_reason", "_later_column") }} as row_reason_column,
        _delivery,
        _version,
        '{{ judged_by(config.get("meta")["judged_with"]) }}' as _judged_by,
        _raw
    from ranked
)

select * from final
