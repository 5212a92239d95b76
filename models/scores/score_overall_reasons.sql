-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
-- depends_on: {{ ref('score_missing_inputs') }}
{%- set scores = weighted_scores() %}
{%- set moved = {"name": "moved", "sign": 1, "families": scores, "none": "cast(null as bigint)"} %}
with

points as (
    select * from {{ ref("score_overall_points") }}
),

card_rows as (
    select * from {{ ref("score_card_rows") }}
    where grain = 'person'
),

texts as (
    select * from {{ ref("score_texts") }}
),

/* How far a score moved the overall one, packed with its number: the first by name is the greatest among equals. */
strengths as (
    select
        {% for score in scores -%}
        case
            when points__{{ score.score_name }} <> 0
                then cast(abs(points__{{ score.score_name }}) * 100000 as bigint) + {{ 99 - loop.index }}
        end as moved__{{ loop.index }},
        {% endfor -%}
        points.*
    from points
    {{ computed_once() }}
),

{% for place in [1, 2, 3] -%}
places_{{ place }} as (
    select
        *,
        {{ strongest_behind(moved, place) }} as moved__place_{{ place }}
    from {{ "places_" ~ (place - 1) if place > 1 else "strengths" }}
    {{ computed_once() }}
),

{% endfor -%}
movers as (
    select
        customer_id,
        {% for place in [1, 2, 3] -%}
        {% for name, column in [("mover", none), ("points", "points__"), ("raw", "raw__"), ("strongest", "strongest__")] -%}
        {% if scores -%}
        case 99 - moved__place_{{ place }} % 100
            {%- for score in scores %}
            when {{ loop.index }} then {{ column ~ score.score_name if column else "'" ~ score.score_name ~ "'" }}
            {%- endfor %}
        end
        {%- else -%}
        {{ "cast(null as integer)" if column else as_text("null") }}
        {%- endif %} as {{ name }}_{{ place }},
        {% endfor -%}
        {% endfor -%}
        as_of_date
    from places_3
    {{ computed_once() }}
),

/* The strongest reason of a score on the side that moved the overall one. */
final as (
    select
        movers.customer_id,
        {% for place in [1, 2, 3] -%}
        case when movers.points_{{ place }} > 0 then 'up' when movers.points_{{ place }} < 0 then 'down' end as direction_{{ place }},
        1
        {%- for earlier in range(1, place) %}
        + case when sign(movers.points_{{ earlier }}) = sign(movers.points_{{ place }}) then 1 else 0 end
        {%- endfor %} as place_on_side_{{ place }},
        {% for language, colon in [("en", ": "), ("fr", " : ")] -%}
        texts_{{ place }}.label_{{ language }} || ' '
        || {{ one_digit(within_scale("movers.raw_" ~ place), language) }}
        || coalesce('{{ colon }}' || card_rows_{{ place }}.reason_{{ language }}, '') as reason_{{ place }}_{{ language }},
        {% endfor -%}
        {% endfor -%}
        movers.as_of_date
    from movers
    {% for place in [1, 2, 3] -%}
    left join texts as texts_{{ place }}
        on movers.mover_{{ place }} = texts_{{ place }}.score_name
    left join card_rows as card_rows_{{ place }}
        on movers.mover_{{ place }} = card_rows_{{ place }}.score_name
        and movers.strongest_{{ place }} = card_rows_{{ place }}.place
    {% endfor %}
)

select * from final
