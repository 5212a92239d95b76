-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
-- depends_on: {{ ref('score_missing_inputs') }}
{%- set scores = weighted_scores() %}
with

judged as (
    select * from {{ ref("score_judged") }}
),

weighed as (
    select
        *,
        0
        {%- for score in scores %}
        + case when raw__{{ score.score_name }} is not null then {{ score.overall_weight }} else 0 end
        {%- endfor %} as weight_sum
    from judged
    {{ computed_once() }}
),

/* Weights are shared among the scores that the person has. Rounded half up in whole numbers, where a half is a half. */
pointed as (
    select
        {% for score in scores -%}
        {% set distance = "raw__" ~ score.score_name ~ " - 5" if score.is_high_good else "5 - raw__" ~ score.score_name -%}
        cast(
            floor(
                {{ as_double(
                    "2 * " ~ score.overall_weight ~ " * cast(1000 * (" ~ distance ~ ") as bigint) + weight_sum"
                ) }} / (2 * weight_sum)
            ) / 1000 as decimal(9, 3)
        ) as points__{{ score.score_name }},
        {% endfor -%}
        weighed.*
    from weighed
    {{ computed_once() }}
),

final as (
    select
        customer_id,
        {% for score in scores -%}
        raw__{{ score.score_name }},
        points__{{ score.score_name }},
        case
            when points__{{ score.score_name }} {{ ">" if score.is_high_good else "<" }} 0 then {{ packed_place("up", score.score_name, 1) }}
            else {{ packed_place("down", score.score_name, 1) }}
        end as strongest__{{ score.score_name }},
        {% endfor -%}
        case
            when weight_sum > 0
                then cast(5{% for score in scores %} + coalesce(points__{{ score.score_name }}, 0){% endfor %} as decimal(9, 3))
        end as score_raw,
        as_of_date
    from pointed
)

select * from final
