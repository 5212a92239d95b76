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

/* As columns: joined on an expression, every score would be compared with every row of the card. */
places as (
    select
        {% for side, place in reasons -%}
        case
            when results.null_reason is null then {{ place_in_card("results.strongest_" ~ side ~ "s", place) }}
        end as {{ side }}_{{ place }},
        {% endfor -%}
        results.*
    from results
),

worded as (
    select
        customer_id,
        as_of_date,
        {% for reason in reason_columns() -%}
        max(
            case
                when direction = '{{ reason.direction }}' and place_on_side = {{ reason.place }}
                    then reason_{{ reason.language }}
            end
        ) as {{ reason.column }},
        {% endfor -%}
        count(*) as reason_count
    from overall_reasons
    group by
        customer_id,
        as_of_date
),

scores as (
    select
        places.customer_id,
        places.as_of_date,
        places.score_name,
        places.score_version,
        places.evidence,
        places.score_raw,
        places.score,
        places.null_reason,
        places.probability,
        {% for reason in reason_columns() -%}
        {{ reason.direction }}_{{ reason.place }}.reason_{{ reason.language }} as {{ reason.column }},
        {% endfor -%}
        places.expected_amount
    from places
    {% for side, place in reasons -%}
    left join card_rows as {{ side }}_{{ place }}
        on places.score_name = {{ side }}_{{ place }}.score_name
        and places.{{ side }}_{{ place }} = {{ side }}_{{ place }}.place
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
        worded.{{ reason.column }},
        {% endfor -%}
        null as expected_amount
    from overall
    left join worded
        on overall.customer_id = worded.customer_id
        and overall.as_of_date = worded.as_of_date
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
