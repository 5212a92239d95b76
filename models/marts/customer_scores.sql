{%- set reasons = [("up", 1), ("up", 2), ("up", 3), ("down", 1), ("down", 2), ("down", 3)] %}
with

results as (
    select * from {{ ref("score_results") }}
),

overall as (
    select * from {{ ref("score_overall") }}
),

card_rows as (
    select * from {{ ref("score_card_rows") }}
    where grain = 'person'
),

overall_reasons as (
    select * from {{ ref("score_overall_reasons") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

scores as (
    select
        results.customer_id,
        results.as_of_date,
        results.score_name,
        results.score_version,
        results.evidence,
        results.score_raw,
        results.score,
        results.null_reason,
        results.probability,
        {% for reason in reason_columns() -%}
        {{ reason.direction }}_{{ reason.place }}.reason_{{ reason.language }} as {{ reason.column }},
        {% endfor -%}
        results.expected_amount
    from results
    {% for side, place in reasons -%}
    left join card_rows as {{ side }}_{{ place }}
        on results.score_name = {{ side }}_{{ place }}.score_name
        and results.{{ side }}_{{ place }} = {{ side }}_{{ place }}.place
    {% endfor -%}
    union all
    select
        overall.customer_id,
        overall.as_of_date,
        overall.score_name,
        overall.score_version,
        overall.evidence,
        overall.score_raw,
        overall.score,
        overall.null_reason,
        null as probability,
        {% for reason in reason_columns() -%}
        case
            {%- for place in [1, 2, 3] %}
            when
                overall_reasons.direction_{{ place }} = '{{ reason.direction }}'
                and overall_reasons.place_on_side_{{ place }} = {{ reason.place }}
                then overall_reasons.reason_{{ place }}_{{ reason.language }}
            {%- endfor %}
        end as {{ reason.column }},
        {% endfor -%}
        null as expected_amount
    from overall
    inner join overall_reasons
        on overall.customer_id = overall_reasons.customer_id
        and overall.as_of_date = overall_reasons.as_of_date
),

final as (
    select
        scores.customer_id,
        scores.as_of_date,
        scores.score_name,
        scores.score_version,
        scores.evidence,
        scores.score_raw,
        scores.score,
        scores.null_reason,
        cast(scores.probability as decimal(18, 6)) as probability,
        cast(scores.expected_amount as decimal(18, 4)) as expected_amount,
        {% for reason in reason_columns() -%}
        scores.{{ reason.column }},
        {% endfor -%}
        runs.run_id
    from scores
    inner join runs
        on scores.as_of_date = runs.as_of_date
)

select * from final
