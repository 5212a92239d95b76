-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('score_card_rows') }}
-- depends_on: {{ ref('int_feature_availability') }}
{%- set scores = live_scores() %}
{%- set cards = {} %}
{%- for score in scores %}
    {%- do cards.update({score.score_name: live_card(score)}) %}
{%- endfor %}
{#- The strongest feature of each family of a score, each way. -#}
{%- set sides = [] %}
{%- for score in scores %}
    {%- for side, sign in [("up", 1), ("down", -1)] %}
        {%- do sides.append({
            "name": side ~ "__" ~ score.score_name,
            "direction": side,
            "score_name": score.score_name,
            "families": family_strengths(cards[score.score_name], sign),
        }) %}
    {%- endfor %}
{%- endfor %}
with

bins as (
    select * from {{ ref("score_bins") }}
),

points as (
    select
        {% for card in cards.values() -%}
        {% for feature in card.features -%}
        {{ bin_points(feature) }} as {{ feature.points }},
        {% endfor -%}
        {% endfor -%}
        bins.*
    from bins
    {{ computed_once() }}
),

/* A strength packs points and place: its maximum is the strongest feature, the first by name among equals. */
strengths as (
    select
        customer_id,
        as_of_date,
        {% for score in scores -%}
        5000 + {{ cards[score.score_name].base }}
        {%- for feature in cards[score.score_name].features %}
        + {{ feature.points }}
        {%- endfor %} as thousandths__{{ score.score_name }},
        {% endfor -%}
        {% for side in sides -%}
        {% for strength in side.families -%}
        {{ strength }} as {{ side.name }}__{{ loop.index }},
        {% endfor -%}
        {% endfor -%}
        {{ cards | length }} as card_count
    from points
    {{ computed_once() }}
),

/* No two are equal, so what is below the first is the second. One pass for each of three places. */
{% for place in [1, 2, 3] -%}
places_{{ place }} as (
    select
        *,
        {% for side in sides -%}
        {{ greatest_below(side, place) }} as {{ side.name }}__place_{{ place }},
        {% endfor -%}
        {{ place }} as place_{{ place }}
    from {{ "places_" ~ (place - 1) if place > 1 else "strengths" }}
    {{ computed_once() }}
),

{% endfor -%}
final as (
    select
        customer_id,
        as_of_date,
        {% for score in scores -%}
        cast(thousandths__{{ score.score_name }} / 1000.0 as decimal(9, 3)) as raw__{{ score.score_name }},
        {% endfor -%}
        {% for side in sides -%}
        {% for place in [1, 2, 3] -%}
        {{ place_of_strength(side.name ~ "__place_" ~ place) }} as {{ side.direction }}_{{ place }}__{{ side.score_name }},
        {% endfor -%}
        {% endfor -%}
        card_count
    from places_3
)

select * from final
