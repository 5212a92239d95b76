{#-
    What was delivered for each day of orders, as one hash: the orders that count by their content, the lines by the versions of their
    deliveries. An order that changes its day or its status changes the content; a line that changes comes with another version.
-#}
with

orders as (
    select
        ordered_date,
        count(*) as order_count,
        sum(cast(_row_hash as decimal(38, 0))) as hash_sum,
        max(_judged_by) as judged_by
    from {{ ref("stg_sales__orders") }}
    where row_status = 'accepted'
    group by ordered_date
),

line_versions as (
    select distinct
        ordered_date,
        _version
    from {{ ref("stg_sales__order_lines") }}
    where
        ordered_date is not null
        and coalesce(row_reason, 'negative_amount_without_return') = 'negative_amount_without_return'
),

lines as (
    select
        ordered_date,
        {{ dbt.listagg("_version", "','", "order by _version") }} as line_versions
    from line_versions
    group by ordered_date
),

final as (
    select
        orders.ordered_date as event_date,
        md5(
            orders.judged_by || '|' || {{ as_text("orders.order_count") }} || '|' || {{ as_text("orders.hash_sum") }}
            || '|' || coalesce(lines.line_versions, '')
        ) as version_set
    from orders
    left join lines
        on orders.ordered_date = lines.ordered_date
)

select * from final
