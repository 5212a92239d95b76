{#- What a target may ask about, with its days. Nothing is made where no date is trained on. -#}
{%- set late_days = 30 -%}
with

runs as (
    select * from {{ ref("int_run") }}
),

rates as (
    select * from {{ ref("int_currency_rates") }}
),

orders as (
    select
        order_days.source_customer_id,
        'order' as event_name,
        {{ as_text("null") }} as campaign_id,
        order_days.event_date,
        order_days.order_count as event_count,
        order_days.amount,
        order_days.currency
    from {{ ref("int_order_days") }} as order_days
    cross join runs
    where order_days.known_date < runs.as_of_date
),

responses as (
    select
        customer_id as source_customer_id,
        'response' as event_name,
        campaign_id,
        responded_date as event_date,
        1 as event_count,
        cast(null as decimal(18, 4)) as amount,
        {{ as_text("null") }} as currency
    from {{ ref("stg_marketing__responses") }}
    where row_status = 'accepted' and campaign_id is not null
),

leads as (
    select
        customer_id as source_customer_id,
        'lead_won' as event_name,
        {{ as_text("null") }} as campaign_id,
        outcome_date as event_date,
        1 as event_count,
        amount,
        currency
    from {{ ref("stg_crm__leads") }}
    where row_status = 'accepted' and outcome = 'won'
),

/* An invoice is late when it has been unpaid for {{ late_days }} days. */
invoices as (
    select
        customer_id as source_customer_id,
        'late_or_default' as event_name,
        {{ as_text("null") }} as campaign_id,
        due_date + {{ late_days }} as event_date,
        1 as event_count,
        amount,
        currency
    from {{ ref("stg_finance__invoices") }}
    where row_status = 'accepted' and coalesce(paid_date > due_date + {{ late_days }}, true)
),

loans as (
    select
        customer_id as source_customer_id,
        'late_or_default' as event_name,
        {{ as_text("null") }} as campaign_id,
        defaulted_date as event_date,
        1 as event_count,
        amount,
        currency
    from {{ ref("stg_finance__loans") }}
    where row_status = 'accepted' and defaulted_date is not null
),

outcomes as (
    select
        customer_id as source_customer_id,
        'event:' || outcome_name as event_name,
        {{ as_text("null") }} as campaign_id,
        occurred_date as event_date,
        1 as event_count,
        amount,
        currency
    from {{ ref("stg_outcomes__events") }}
    where row_status = 'accepted'
),

happened as (
    select * from orders
    {% for events in ["responses", "leads", "invoices", "loans", "outcomes"] %}
    union all
    select * from {{ events }}
    {% endfor %}
),

final as (
    select
        happened.source_customer_id,
        happened.event_name,
        coalesce(happened.campaign_id, '') as campaign_id,
        happened.event_date,
        cast(sum(happened.event_count) as bigint) as event_count,
        {{ as_amount("sum(happened.amount * rates.rate)") }} as amount
    from happened
    cross join runs
    left join rates
        on happened.currency = rates.currency
        and happened.event_date >= rates.valid_from_date
        and happened.event_date < rates.valid_to_date
    where
        happened.event_date < runs.as_of_date
        {% if not var("training_dates") -%}
        and false
        {% endif %}
    group by
        happened.source_customer_id,
        happened.event_name,
        coalesce(happened.campaign_id, ''),
        happened.event_date
)

select * from final
