{%- set groups = {"contacted": "people.sent_touch_count > 0", "control": "people.is_control"} %}
{%- set outcomes = {
    "responder": ("people.answer_count > 0", "has_responses"),
    "buyer": ("people.order_count > 0", "has_orders"),
} %}
with

campaigns as (
    select * from {{ ref("int_campaigns") }}
),

people as (
    select * from {{ ref("int_campaign_people") }}
),

availability as (
    select * from {{ ref("int_availability") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

counted as (
    select
        people.campaign_id,
        people.as_of_date,
        {% for group, in_group in groups.items() -%}
        sum(case when {{ in_group }} then 1 else 0 end) as {{ group }}_count,
        {% for outcome, (has_outcome, _) in outcomes.items() -%}
        sum(case when {{ in_group }} and {{ has_outcome }} then 1 else 0 end) as {{ group }}_{{ outcome }}_count,
        {% endfor -%}
        {% endfor -%}
        sum(people.sent_touch_count) as touch_count
    from people
    group by
        people.campaign_id,
        people.as_of_date
),

known as (
    select
        campaigns.*,
        runs.run_id,
        {% for group in groups -%}
        cast({{ where_available("has_touches", "counted." ~ group ~ "_count") }} as bigint) as {{ group }}_count,
        {% for outcome, (_, flag) in outcomes.items() -%}
        case
            when availability.has_touches and availability.{{ flag }}
                then cast(coalesce(counted.{{ group }}_{{ outcome }}_count, 0) as bigint)
        end as {{ group }}_{{ outcome }}_count,
        {% endfor -%}
        {% endfor -%}
        cast({{ where_available("has_touches", "counted.touch_count") }} as bigint) as touch_count
    from campaigns
    inner join runs
        on campaigns.as_of_date = runs.as_of_date
    cross join availability
    left join counted
        on campaigns.campaign_id = counted.campaign_id
        and campaigns.as_of_date = counted.as_of_date
    where not campaigns.is_planned
),

/* Agresti and Caffo: one success and one failure more in each group, so that few people have a wide interval. */
compared as (
    select
        {% for outcome in outcomes -%}
        {% for group in groups -%}
        {{ as_double("known." ~ group ~ "_" ~ outcome ~ "_count") }} / nullif(known.{{ group }}_count, 0)
            as {{ group }}_{{ outcome }}_share,
        ({{ as_double("known." ~ group ~ "_" ~ outcome ~ "_count") }} + 1) / (known.{{ group }}_count + 2)
            as {{ group }}_{{ outcome }}_centre,
        {% endfor -%}
        {% endfor -%}
        known.*
    from known
),

measured as (
    select
        {% for outcome in outcomes -%}
        compared.contacted_{{ outcome }}_share - compared.control_{{ outcome }}_share as {{ outcome }}_uplift,
        compared.contacted_{{ outcome }}_centre - compared.control_{{ outcome }}_centre as {{ outcome }}_centre,
        1.959964 * sqrt(
            compared.contacted_{{ outcome }}_centre * (1 - compared.contacted_{{ outcome }}_centre)
            / (compared.contacted_count + 2)
            + compared.control_{{ outcome }}_centre * (1 - compared.control_{{ outcome }}_centre)
            / (compared.control_count + 2)
        ) as {{ outcome }}_half_width,
        {% endfor -%}
        compared.*
    from compared
),

/* Nothing is called incremental without a control group. */
final as (
    select
        measured.campaign_id,
        measured.as_of_date,
        measured.campaign_name,
        measured.campaign_type,
        measured.campaign_channel,
        measured.start_date,
        measured.end_date,
        not measured.is_open as is_over,
        measured.contacted_count,
        measured.touch_count,
        {{ as_amount("measured.touch_count * measured.unit_cost") }} as cost_amount,
        measured.control_count,
        {% for outcome in outcomes -%}
        {% for group in groups -%}
        measured.{{ group }}_{{ outcome }}_count,
        {{ quantise("measured." ~ group ~ "_" ~ outcome ~ "_share") }} as {{ group }}_{{ outcome }}_share,
        {% endfor -%}
        {{ quantise("measured." ~ outcome ~ "_uplift") }} as {{ outcome }}_uplift,
        {% for bound, sign in [("low", "-"), ("high", "+")] -%}
        case
            when measured.{{ outcome }}_uplift is not null
                then {{ quantise("measured." ~ outcome ~ "_centre " ~ sign ~ " measured." ~ outcome ~ "_half_width") }}
        end as {{ outcome }}_uplift_{{ bound }},
        {% endfor -%}
        {{ rounded("measured." ~ outcome ~ "_uplift * measured.contacted_count", 4) }}
            as incremental_{{ outcome }}_count,
        {% endfor -%}
        measured.run_id
    from measured
)

select * from final
