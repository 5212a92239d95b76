{#-
    The set of delivery versions behind each day of orders. A day whose set changed is rebuilt by the roll-ups; so is every day when the
    time zone or the known currencies change, since both decide what a day holds.
-#}
with

orders as (
    select
        order_id,
        ordered_date,
        _version
    from {{ ref("stg_sales__orders") }}
    where coalesce(row_reason, 'currency_without_rate') = 'currency_without_rate'
),

lines as (
    select distinct
        order_id,
        _version
    from {{ ref("base_sales__order_lines") }}
    where _reason is null
),

currencies as (
    select string_agg(distinct currency, ',' order by currency) as known_currencies
    from {{ ref("currency_rates") }}
),

order_days as (
    select distinct
        order_id,
        ordered_date
    from orders
),

day_versions as (
    select
        order_days.ordered_date,
        orders._version
    from order_days
    inner join orders
        on order_days.order_id = orders.order_id
    union
    select
        order_days.ordered_date,
        lines._version
    from order_days
    inner join lines
        on order_days.order_id = lines.order_id
),

final as (
    select
        day_versions.ordered_date as event_date,
        md5(
            string_agg(day_versions._version, ',' order by day_versions._version)
            || max(currencies.known_currencies)
            || '{{ var("business_time_zone") }}'
        ) as version_set
    from day_versions
    cross join currencies
    group by day_versions.ordered_date
)

select * from final
