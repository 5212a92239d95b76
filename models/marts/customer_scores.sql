with

results as (
    select * from {{ ref("score_results") }}
),

overall as (
    select * from {{ ref("score_overall") }}
),

reasons as (
    select * from {{ ref("score_reasons") }}
),

overall_reasons as (
    select * from {{ ref("score_overall_reasons") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

scores as (
    select
        customer_id,
        as_of_date,
        score_name,
        score_version,
        evidence,
        score_raw,
        score,
        null_reason,
        probability,
        expected_amount
    from results
    union all
    select
        customer_id,
        as_of_date,
        score_name,
        score_version,
        evidence,
        score_raw,
        score,
        null_reason,
        null as probability,
        null as expected_amount
    from overall
),

all_reasons as (
    select
        customer_id,
        as_of_date,
        score_name,
        direction,
        place,
        reason_en,
        reason_fr
    from reasons
    union all
    select
        customer_id,
        as_of_date,
        'overall' as score_name,
        case when points > 0 then 'up' else 'down' end as direction,
        row_number() over (
            partition by customer_id, as_of_date, points > 0
            order by place
        ) as place,
        reason_en,
        reason_fr
    from overall_reasons
),

worded as (
    select
        customer_id,
        as_of_date,
        {% for reason in reason_columns() -%}
        max(
            case
                when direction = '{{ reason.direction }}' and place = {{ reason.place }}
                    then reason_{{ reason.language }}
            end
        ) as {{ reason.column }},
        {% endfor -%}
        score_name
    from all_reasons
    group by
        customer_id,
        as_of_date,
        score_name
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
        worded.{{ reason.column }},
        {% endfor -%}
        runs.run_id
    from scores
    inner join runs
        on scores.as_of_date = runs.as_of_date
    left join worded
        on scores.customer_id = worded.customer_id
        and scores.as_of_date = worded.as_of_date
        and scores.score_name = worded.score_name
)

select * from final
