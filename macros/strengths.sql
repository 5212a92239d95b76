{#-
    A strength is one number for the bin that a feature of a card falls into: its points in thousandths times 2^28, plus 2^20 - 1 less the place
    that the bin has in the card (`score_card_rows`). So the greatest of some strengths is the strongest feature, the first by name among equals,
    and names its bin; and up to 256 of them can be added before what their places add up to reaches the points.
-#}

{#- 2^28, by which points are multiplied. -#}
{% macro strength_of_a_thousandth() -%}
    {{ return(268435456) }}
{%- endmacro %}

{#- 2^20, which every place is below. -#}
{% macro places_of_strengths() -%}
    {{ return(1048576) }}
{%- endmacro %}

{#- The strength of a bin of a card, a number. -#}
{% macro strength_of_bin(bin) -%}
    {{ return(bin.thousandths * strength_of_a_thousandth() + places_of_strengths() - 1 - bin.place) }}
{%- endmacro %}

{#- Expression: the strength of the bin that a feature falls into. -#}
{% macro bin_strength(feature) -%}
    {{ return(adapter.dispatch("bin_strength")(feature)) }}
{%- endmacro %}

{% macro default__bin_strength(feature) -%}
    cast(case {{ feature.code }}{% for bin in feature.bins %} when {{ bin.bin }} then {{ strength_of_bin(bin) }}{% endfor %} end as bigint)
{%- endmacro %}

{#- The place of a bin in a list is its code plus two: -1 is the first. A third of the time of a case. -#}
{% macro duckdb__bin_strength(feature) -%}
    {% set strengths = {} %}
    {% for bin in feature.bins %}{% do strengths.update({bin.bin: strength_of_bin(bin)}) %}{% endfor %}
    {% set listed = [] %}
    {% for code in range(-1, (strengths | max) + 1) %}{% do listed.append(strengths.get(code, "null")) %}{% endfor %}
    cast([{{ listed | join(", ") }}][{{ feature.code }} + 2] as bigint)
{%- endmacro %}

{#- Expression: 5 and all points of a card in thousandths, from the strengths of its features. -#}
{% macro raw_thousandths(card) -%}
    {% if card.features | length > 256 %}
        {{ exceptions.raise_compiler_error("a card has " ~ (card.features | length) ~ " features, 256 can be added up: leave some out of seeds/reference/cards/score_points.csv") }}
    {% endif %}
    {{ 5000 + card.base }}{% if card.features %} + {{ bits_above(card.features | map(attribute="strength") | join(" + "), 28) }}{% endif %}
{%- endmacro %}

{#- Expression: a whole number without its lowest bits, rounded down where it is below zero. -#}
{% macro bits_above(expression, bits) -%}
    {{ return(adapter.dispatch("bits_above")(expression, bits)) }}
{%- endmacro %}

{% macro default__bits_above(expression, bits) -%}
    (({{ expression }}) >> {{ bits }})
{%- endmacro %}

{#- Expression: the strength of the same bin in the other direction. One point less than turned, which one operation on bits gives. -#}
{% macro turned(strength) -%}
    {{ return(adapter.dispatch("turned")(strength)) }}
{%- endmacro %}

{% macro default__turned(strength) -%}
    2 * ({{ strength }} & {{ places_of_strengths() - 1 }}) - {{ strength }} - {{ strength_of_a_thousandth() }}
{%- endmacro %}

{% macro duckdb__turned(strength) -%}
    xor({{ strength }}, -{{ strength_of_a_thousandth() }})
{%- endmacro %}

{#- Points in thousandths below which a feature is no reason: they would be told as 0.0. -#}
{% macro least_reason() -%}
    {{ return(50) }}
{%- endmacro %}

{#- The strength below which a feature is no reason in a direction (1 up, -1 down). -#}
{% macro least_strength(sign) -%}
    {{ return((least_reason() if sign > 0 else least_reason() - 1) * strength_of_a_thousandth()) }}
{%- endmacro %}

{#- The strength that stands for no reason: below every reason, above everything that is none, of the place 0, which no bin has. -#}
{% macro no_reason(sign) -%}
    {{ return(least_strength(sign) - strength_of_a_thousandth() + places_of_strengths() - 1) }}
{%- endmacro %}

{#- Expressions, one per reason family: its strongest feature in one direction (1 up, -1 down). What never is a reason is left out. -#}
{% macro family_strengths(card, sign) -%}
    {% set families = {} %}
    {% for feature in card.features %}
        {% set thousandths = feature.bins | map(attribute="thousandths") %}
        {% if (thousandths | max if sign > 0 else -(thousandths | min)) >= least_reason() %}
            {% do families.setdefault(feature.family, []).append(feature.strength if sign > 0 else turned(feature.strength)) %}
        {% endif %}
    {% endfor %}
    {% set strongest = [] %}
    {% for strengths in families.values() %}
        {% do strongest.append("greatest(" ~ strengths | join(", ") ~ ")" if strengths | length > 1 else strengths[0]) %}
    {% endfor %}
    {{ return(strongest) }}
{%- endmacro %}

{#- Expression: the greatest strength of a side (dictionary with name, families, none) that is below those of the places before, else its `none`. -#}
{% macro greatest_below(side, place) -%}
    {% set strengths = [side.none] %}
    {% for strength in side.families %}
        {% set name = side.name ~ "__" ~ loop.index %}
        {% do strengths.append(name if place == 1 else "case when " ~ name ~ " < " ~ side.name ~ "__place_" ~ (place - 1) ~ " then " ~ name ~ " end") %}
    {% endfor %}
    {{ return("greatest(" ~ strengths | join(", ") ~ ")" if strengths | length > 1 else side.none) }}
{%- endmacro %}

{#- Expression: the place in the card that a strength names, 0 where it is none. -#}
{% macro place_of_strength(strength) -%}
    {{ places_of_strengths() - 1 }} - ({{ strength }} & {{ places_of_strengths() - 1 }})
{%- endmacro %}

{#- Expression: the places in the card of the three strongest features of a side in one number, the strongest in its highest twenty bits. -#}
{% macro packed_places(side) -%}
    ({{ place_of_strength(side ~ "__place_1") }}) * {{ places_of_strengths() ** 2 }}
    + ({{ place_of_strength(side ~ "__place_2") }}) * {{ places_of_strengths() }}
    + ({{ place_of_strength(side ~ "__place_3") }})
{%- endmacro %}

{#- Expression: the first, second or third of three packed places, null where there is none. -#}
{% macro packed_place(places, place) -%}
    nullif(cast({{ bits_above(places, 20 * (3 - place)) if place < 3 else places }} & {{ places_of_strengths() - 1 }} as integer), 0)
{%- endmacro %}

{#- Expression: the three strongest features of a pair's card in one direction, one per family, as a list of strengths. -#}
{% macro pair_strongest(card, sign) -%}
    {{ return(three_strongest(family_strengths(card, sign) or ["cast(null as bigint)"], least_strength(sign))) }}
{%- endmacro %}

{#- The three greatest of some strengths of one row, as a list of those that reach the least. -#}
{% macro three_strongest(expressions, least) -%}
    {{ return(adapter.dispatch("three_strongest")(expressions, least)) }}
{%- endmacro %}

{% macro default__three_strongest(expressions, least) -%}
    coalesce((
        select (array_agg(strengths.strength order by strengths.strength desc))[1:3]
        from unnest(array[{{ expressions | join(", ") }}]) as strengths (strength)
        where strengths.strength >= {{ least }}
    ), cast(array[] as bigint[]))
{%- endmacro %}

{% macro duckdb__three_strongest(expressions, least) -%}
    list_sort(
        list_filter([{{ expressions | join(", ") }}], strength -> strength >= {{ least }}), 'DESC'
    )[1:3]
{%- endmacro %}
