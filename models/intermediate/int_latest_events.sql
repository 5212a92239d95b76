{%- set event_columns = [
    ("stg_crm__interactions", "occurred_date"),
    ("stg_crm__feedback", "given_date"),
    ("stg_crm__leads", "created_date"),
    ("stg_crm__leads", "outcome_date"),
    ("stg_marketing__responses", "responded_date"),
    ("stg_sales__orders", "ordered_date"),
    ("stg_sales__orders", "status_date"),
    ("stg_finance__invoices", "issued_date"),
    ("stg_finance__invoices", "paid_date"),
    ("stg_finance__loans", "started_date"),
    ("stg_finance__loans", "defaulted_date"),
    ("stg_finance__loans", "closed_date"),
    ("stg_outcomes__events", "occurred_date"),
] -%}
with

{% for model, column in event_columns %}
{{ model }}__{{ column }} as (
    select
        '{{ model }}' as model_name,
        max({{ column }}) as latest_event_date
    from {{ ref(model) }}
    where row_status in ('accepted', 'anonymous')
),

{% endfor %}
touches as (
    select
        'stg_marketing__touches' as model_name,
        max(touched_date) as latest_event_date
    from {{ ref("stg_marketing__touches") }}
    where row_status = 'accepted' and status = 'sent' and not is_control
),

events as (
    {% for model, column in event_columns %}
    select * from {{ model }}__{{ column }}
    union all
    {% endfor %}
    select * from touches
),

final as (
    select
        replace(replace(model_name, 'stg_', ''), '__', '.') as table_name,
        max(latest_event_date) as latest_event_date
    from events
    group by model_name
)

select * from final
