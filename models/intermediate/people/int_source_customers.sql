{#- First day on which each source customer is known, from every table that names people. -#}
{%- set sightings = [
    ("stg_crm__interactions", "occurred_date", ""),
    ("stg_crm__feedback", "given_date", ""),
    ("stg_crm__leads", "created_date", ""),
    ("stg_marketing__touches", "touched_date", " and status = 'sent'"),
    ("stg_marketing__responses", "responded_date", ""),
    ("stg_sales__orders", "ordered_date", ""),
    ("stg_finance__invoices", "issued_date", ""),
    ("stg_finance__loans", "started_date", ""),
    ("stg_outcomes__events", "occurred_date", ""),
] -%}
with

{% for model, column, condition in sightings %}
{{ model }} as (
    select
        customer_id,
        min({{ column }}) as first_known_date
    from {{ ref(model) }}
    where row_status = 'accepted'{{ condition }}
    group by customer_id
),

{% endfor %}
attributes as (
    select
        attributes.customer_id,
        min(coalesce(attributes.updated_date, runs.data_date - 1)) as first_known_date
    from {{ ref("stg_crm__customer_attributes") }} as attributes
    cross join {{ ref("int_run") }} as runs
    where attributes.row_status = 'accepted'
    group by attributes.customer_id
),

versions as (
    select
        customer_id,
        min(least(coalesce(created_date, known_date), known_date)) as first_known_date
    from {{ ref("int_customer_versions") }}
    group by customer_id
),

sightings as (
    {% for model, column, condition in sightings %}
    select * from {{ model }}
    union all
    {% endfor %}
    select * from attributes
    union all
    select * from versions
),

final as (
    select
        customer_id as source_customer_id,
        min(first_known_date) as first_known_date
    from sightings
    group by customer_id
)

select * from final
