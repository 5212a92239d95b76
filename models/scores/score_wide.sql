with

people as (
    select
        customer_id,
        as_of_date
    from {{ ref("score_sums") }}
),

{% for score in person_scores() -%}
{{ score }} as (
    select * from {{ ref("score_results") }}
    where score_name = '{{ score }}'
),

{% endfor -%}
overall_reasons as (
    select * from {{ ref("score_overall_reasons") }}
),

worded as (
    select
        customer_id,
        {% for place in [1, 2, 3] -%}
        max(case when place = {{ place }} then reason_en end) as reason_{{ place }}_en,
        max(case when place = {{ place }} then reason_fr end) as reason_{{ place }}_fr,
        {% endfor -%}
        as_of_date
    from overall_reasons
    group by
        customer_id,
        as_of_date
),

/* A join for each score: a maximum of each over rows of all scores would look at every row for every column. */
final as (
    select
        people.customer_id,
        people.as_of_date,
        {% for place in [1, 2, 3] -%}
        worded.reason_{{ place }}_en,
        worded.reason_{{ place }}_fr,
        {% endfor -%}
        {% for score in person_scores() -%}
        {{ score }}.score as {{ score }},
        {% if score in odds_scores() -%}
        {{ score }}.probability as {{ score }}_probability,
        {% elif score == "customer_value" -%}
        {{ score }}.expected_amount as {{ score }}_amount,
        {% endif -%}
        case
            when {{ score }}.customer_id is null then 'not in sector' else {{ score }}.null_reason
        end as {{ score }}_reason_missing,
        {% endfor -%}
        least(
            {%- for score in person_scores() %}
            {{ score }}.evidence{{ "," if not loop.last }}
            {%- endfor %}
        ) as weakest_evidence,
        concat_ws(
            ', '
            {%- for score in person_scores() | sort %},
            {{ score }}.score_name || ' ' || {{ as_text(score ~ ".score_version") }}
            {%- endfor %}
        ) as card_versions
    from people
    left join worded
        on people.customer_id = worded.customer_id
        and people.as_of_date = worded.as_of_date
    {% for score in person_scores() -%}
    left join {{ score }}
        on people.customer_id = {{ score }}.customer_id
        and people.as_of_date = {{ score }}.as_of_date
    {% endfor %}
)

select * from final
