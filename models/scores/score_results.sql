-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
-- depends_on: {{ ref('score_missing_inputs') }}
{%- set sides = [("up", 1), ("up", 2), ("up", 3), ("down", 1), ("down", 2), ("down", 3)] %}
with

/* No import of score_judged: what is named once and read for every score would be kept in memory, all columns of it. */
final as (
    {% for score in live_scores() -%}
    select
        customer_id,
        as_of_date,
        '{{ score.score_name }}' as score_name,
        {{ score.score_version }} as score_version,
        '{{ score.evidence }}' as evidence,
        raw__{{ score.score_name }} as score_raw,
        {{ within_scale("raw__" ~ score.score_name) }} as score,
        {% for stated, type in [("probability", "decimal(18, 6)"), ("expected_amount", "decimal(18, 4)")] -%}
        cast({{ stated ~ "__" ~ score.score_name if stated_by(score) == stated else "null" }} as {{ type }}) as {{ stated }},
        {% endfor -%}
        {% for side, place in sides -%}
        {{ packed_place(side, score.score_name, place) }} as {{ side }}_{{ place }},
        {% endfor -%}
        {{ null_reason_of(score) }} as null_reason
    from {{ ref("score_judged") }} as score_judged
    {{ "union all" if not loop.last }}
    {% else -%}
    select
        customer_id,
        as_of_date,
        {{ as_text("null") }} as score_name,
        cast(null as integer) as score_version,
        {{ as_text("null") }} as evidence,
        cast(null as decimal(9, 3)) as score_raw,
        cast(null as decimal(6, 3)) as score,
        cast(null as decimal(18, 6)) as probability,
        cast(null as decimal(18, 4)) as expected_amount,
        {% for side, place in sides -%}
        cast(null as integer) as {{ side }}_{{ place }},
        {% endfor -%}
        {{ as_text("null") }} as null_reason
    from {{ ref("score_judged") }}
    where false
    {% endfor %}
)

select * from final
