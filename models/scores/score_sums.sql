-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('score_card_rows') }}
-- depends_on: {{ ref('int_feature_availability') }}
-- depends_on: {{ ref('score_missing_inputs') }}
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
            "sign": sign,
            "families": family_strengths(cards[score.score_name], sign),
            "none": "cast(" ~ no_reason(sign) ~ " as bigint)",
        }) %}
    {%- endfor %}
{%- endfor %}
with

bins as (
    select * from {{ ref("score_bins") }}
),

features as (
    select
        {% for card in cards.values() -%}
        {% for feature in card.features -%}
        {{ bin_strength(feature) }} as {{ feature.strength }},
        {% endfor -%}
        {% endfor -%}
        bins.*
    from bins
    {{ computed_once() }}
),

/* The sum of the strengths of a card has its points, the greatest and the least of them are the strongest features. */
strengths as (
    select
        customer_id,
        as_of_date,
        {% for population in population_columns(scores) -%}
        {{ population }},
        {% endfor -%}
        {% for score in scores -%}
        {{ raw_thousandths(cards[score.score_name]) }} as thousandths__{{ score.score_name }},
        {% endfor -%}
        {% for side in sides -%}
        {% for strength in side.families -%}
        {{ strength }} as {{ side.name }}__{{ loop.index }},
        {% endfor -%}
        {% endfor -%}
        {{ cards | length }} as card_count
    from features
    {{ computed_once() }}
),

/* No two are equal, so what is behind the first is the second. One pass for each of three places. */
{% for place in [1, 2, 3] -%}
places_{{ place }} as (
    select
        *,
        {% for side in sides -%}
        {{ strongest_behind(side, place) }} as {{ side.name }}__place_{{ place }},
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
        {% for population in population_columns(scores) -%}
        {{ population }},
        {% endfor -%}
        {% for score in scores -%}
        cast(thousandths__{{ score.score_name }} / 1000.0 as decimal(9, 3)) as raw__{{ score.score_name }},
        {% endfor -%}
        {% for side in sides -%}
        {{ packed_places(side.name) }} as {{ side.name }},
        {% endfor -%}
        card_count
    from places_3
)

select * from final
