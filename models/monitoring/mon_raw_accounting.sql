with

{% for staged in staged_tables() %}
{{ staged.source }}_{{ staged.table }} as (
    select
        '{{ staged.source }}' as source_name,
        '{{ staged.table }}' as table_name,
        row_status,
        count(*) as row_count
    from {{ ref("stg_" ~ staged.source ~ "__" ~ staged.table) }}
    group by row_status
),

{% endfor %}
statuses as (
    {% for staged in staged_tables() %}
    select * from {{ staged.source }}_{{ staged.table }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

landed as (
    {% for staged in staged_tables() %}
    select
        '{{ staged.source }}' as source_name,
        '{{ staged.table }}' as table_name,
        count(*) as landed_row_count
    from {{ ref("base_" ~ staged.source ~ "__" ~ staged.table) }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

deliveries as (
    select distinct
        source_name,
        table_name
    from {{ ref("base_deliveries") }}
),

latest_events as (
    select
        table_name,
        max(latest_event_date) as latest_event_date
    from {{ ref("int_latest_events") }}
    group by table_name
),

counted as (
    select
        source_name,
        {% for status in ["accepted", "anonymous", "rejected", "exact_duplicate", "superseded"] -%}
        cast(sum(case when row_status = '{{ status }}' then row_count else 0 end) as bigint) as {{ status }}_row_count,
        {% endfor -%}
        table_name
    from statuses
    group by
        source_name,
        table_name
),

final as (
    select
        landed.source_name,
        landed.table_name,
        deliveries.table_name is not null as is_delivered,
        landed.landed_row_count,
        {% for status in ["accepted", "anonymous", "rejected", "exact_duplicate", "superseded"] -%}
        coalesce(counted.{{ status }}_row_count, 0) as {{ status }}_row_count,
        {% endfor -%}
        latest_events.latest_event_date
    from landed
    left join counted
        on landed.source_name = counted.source_name
        and landed.table_name = counted.table_name
    left join deliveries
        on landed.source_name = deliveries.source_name
        and landed.table_name = deliveries.table_name
    left join latest_events
        on landed.source_name || '.' || landed.table_name = latest_events.table_name
)

select * from final
