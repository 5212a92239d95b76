with

results as (
    select * from {{ ref("score_results") }}
),

overall_reasons as (
    select * from {{ ref("score_overall_reasons") }}
),

pivoted as (
    select
        customer_id,
        as_of_date,
        {% for score in person_scores() -%}
        max(case when score_name = '{{ score }}' then score end) as {{ score }},
        {% if score in odds_scores() -%}
        max(case when score_name = '{{ score }}' then probability end) as {{ score }}_probability,
        {% elif score == "customer_value" -%}
        max(case when score_name = '{{ score }}' then expected_amount end) as {{ score }}_amount,
        {% endif -%}
        case
            when max(case when score_name = '{{ score }}' then 1 else 0 end) = 0 then 'not in sector'
            else max(case when score_name = '{{ score }}' then null_reason end)
        end as {{ score }}_reason_missing,
        {% endfor -%}
        min(evidence) as weakest_evidence,
        {{ listed("score_name || ' ' || " ~ as_text("score_version"), "score_name") }} as card_versions
    from results
    group by
        customer_id,
        as_of_date
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

final as (
    select
        {% for place in [1, 2, 3] -%}
        worded.reason_{{ place }}_en,
        worded.reason_{{ place }}_fr,
        {% endfor -%}
        pivoted.*
    from pivoted
    left join worded
        on pivoted.customer_id = worded.customer_id
        and pivoted.as_of_date = worded.as_of_date
)

select * from final
