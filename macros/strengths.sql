{#-
    A strength is one number for the bin that a feature of a card falls into: its points in thousandths times 2^29, and as far from zero again as
    2^20 - 1 less the place that the bin has in the card (`score_card_rows`). So the greatest of some strengths is the feature that raises a score
    most, the least the one that lowers it most, the first by name among equals, and names its bin; and up to 256 of them can be added before what
    their places add up to reaches the half of a thousandth.
-#}

{#- 2^29, by which points are multiplied. -#}
{% macro strength_of_a_thousandth() -%}
    {{ return(536870912) }}
{%- endmacro %}

{#- 2^20, which every place is below by two or more: packed, one below zero is the place and one. -#}
{% macro places_of_strengths() -%}
    {{ return(1048576) }}
{%- endmacro %}

{#- Expression: the strength of a bin, from its points in thousandths and its place in the card. -#}
{% macro strength_of(thousandths, place) -%}
    {{ thousandths }} * {{ strength_of_a_thousandth() }}
    + case when {{ thousandths }} < 0 then {{ place }} - {{ places_of_strengths() - 1 }} else {{ places_of_strengths() - 1 }} - {{ place }} end
{%- endmacro %}

{#- Expression: the strength of the bin that a feature falls into. -#}
{% macro bin_strength(feature) -%}
    {{ return(adapter.dispatch("bin_strength")(feature)) }}
{%- endmacro %}

{% macro default__bin_strength(feature) -%}
    cast(case {{ feature.code }}{% for bin in feature.bins %} when {{ bin.bin }} then {{ bin.strength }}{% endfor %} end as bigint)
{%- endmacro %}

{#- The place of a bin in a list is its code plus two: -1 is the first. A third of the time of a case. -#}
{% macro duckdb__bin_strength(feature) -%}
    {% set strengths = {} %}
    {% for bin in feature.bins %}{% do strengths.update({bin.bin: bin.strength}) %}{% endfor %}
    {% set listed = [] %}
    {% for code in range(-1, (strengths | max) + 1) %}{% do listed.append(strengths.get(code, "null")) %}{% endfor %}
    cast([{{ listed | join(", ") }}][{{ feature.code }} + 2] as bigint)
{%- endmacro %}

{#- Expression: 5 and all points of a card in thousandths, from the strengths of its features. -#}
{% macro raw_thousandths(card) -%}
    {% if card.features | length > 256 %}
        {{ exceptions.raise_compiler_error("a card has " ~ (card.features | length) ~ " features, 256 can be added up: leave some out of seeds/reference/cards/score_points.csv") }}
    {% endif %}
    {{ 5000 + card.base }}{% if card.features %} + {{ bits_above(card.features | map(attribute="strength") | join(" + ") ~ " + " ~ strength_of_a_thousandth() // 2, 29) }}{% endif %}
{%- endmacro %}

{#- Expression: a whole number without its lowest bits, rounded down where it is below zero. -#}
{% macro bits_above(expression, bits) -%}
    {{ return(adapter.dispatch("bits_above")(expression, bits)) }}
{%- endmacro %}

{% macro default__bits_above(expression, bits) -%}
    (({{ expression }}) >> {{ bits }})
{%- endmacro %}

{#- Expression: a whole number with so many zeros below its lowest bit. -#}
{% macro bits_below(expression, bits) -%}
    {{ return(adapter.dispatch("bits_below")(expression, bits)) }}
{%- endmacro %}

{% macro default__bits_below(expression, bits) -%}
    (({{ expression }}) << {{ bits }})
{%- endmacro %}

{#- Points in thousandths below which a feature is no reason: they would be told as 0.0. -#}
{% macro least_reason() -%}
    {{ return(50) }}
{%- endmacro %}

{#- The strength from which on a feature is a reason to raise a score; turned, one to lower it. -#}
{% macro least_strength() -%}
    {{ return(least_reason() * strength_of_a_thousandth()) }}
{%- endmacro %}

{#- The strength that stands for no reason in a direction (1 up, -1 down): short of every reason, beyond everything that is none, of the place 0, which no bin has. -#}
{% macro no_reason(sign) -%}
    {{ return(sign * (least_strength() - strength_of_a_thousandth() + places_of_strengths() - 1)) }}
{%- endmacro %}

{#- The function that finds the strongest in a direction (1 up, -1 down). -#}
{% macro strongest_of(sign) -%}
    {{ return("greatest" if sign > 0 else "least") }}
{%- endmacro %}

{#- Expressions, one per reason family: its strongest feature in one direction (1 up, -1 down). What never is a reason is left out. -#}
{% macro family_strengths(card, sign) -%}
    {% set families = {} %}
    {% for feature in card.features %}
        {% set thousandths = feature.bins | map(attribute="thousandths") %}
        {% if (thousandths | max if sign > 0 else -(thousandths | min)) >= least_reason() %}
            {% do families.setdefault(feature.family, []).append(feature.strength) %}
        {% endif %}
    {% endfor %}
    {% set strongest = [] %}
    {% for strengths in families.values() %}
        {% do strongest.append(strongest_of(sign) ~ "(" ~ strengths | join(", ") ~ ")" if strengths | length > 1 else strengths[0]) %}
    {% endfor %}
    {{ return(strongest) }}
{%- endmacro %}

{#-
    Expression: the strongest of a side (dictionary with name, sign, families, none) that is behind those of the places before, else its `none`. One
    that is not behind counts as zero, which `none` is stronger than: numbers that are never null compare faster on DuckDB.
-#}
{% macro strongest_behind(side, place) -%}
    {% set strengths = [side.none] %}
    {% for strength in side.families %}
        {% set name = side.name ~ "__" ~ loop.index %}
        {% set behind = name ~ (" < " if side.sign > 0 else " > ") ~ side.name ~ "__place_" ~ (place - 1) %}
        {% do strengths.append(name if place == 1 else "case when " ~ behind ~ " then " ~ name ~ " else 0 end") %}
    {% endfor %}
    {{ return(strongest_of(side.sign) ~ "(" ~ strengths | join(", ") ~ ")" if strengths | length > 1 else side.none) }}
{%- endmacro %}

{#- Expression: the place in the card that a strength names, 0 where it is none. -#}
{% macro place_of_strength(strength) -%}
    {{ places_of_strengths() - 1 }} - (abs({{ strength }}) & {{ places_of_strengths() - 1 }})
{%- endmacro %}

{#- Expression: the lowest twenty bits of the three strongest of a side in one number, those of the first in its highest. `packed_place` reads them. -#}
{% macro packed_places(side) -%}
    {% set packed = [] %}
    {% for place in [1, 2, 3] %}
        {% set bits = "(" ~ side ~ "__place_" ~ place ~ " & " ~ (places_of_strengths() - 1) ~ ")" %}
        {% do packed.append(bits_below(bits, 20 * (3 - place)) if place < 3 else bits) %}
    {% endfor %}
    {{ return(packed | join(" | ")) }}
{%- endmacro %}

{#-
    Expression: the place in the card of the first, second or third of packed strengths, null where there is none. Of a number above zero the lowest
    bits are 2^20 - 1 less the place, of one below zero, which computers keep as what is missing to 2^64, they are the place and one.
-#}
{% macro packed_place(side, score_name, place) -%}
    {% set column = side ~ "__" ~ score_name %}
    {% set bits = "(" ~ (bits_above(column, 20 * (3 - place)) if place < 3 else column) ~ " & " ~ (places_of_strengths() - 1) ~ ")" %}
    {{ return("nullif(cast(" ~ ((places_of_strengths() - 1) ~ " - " ~ bits if side == "up" else bits ~ " - 1") ~ " as integer), 0)") }}
{%- endmacro %}

{#- Expression: the three strongest features of a pair's card in one direction, one per family, as a list of strengths. -#}
{% macro pair_strongest(card, sign) -%}
    {{ return(three_strongest(family_strengths(card, sign) or ["cast(null as bigint)"], sign)) }}
{%- endmacro %}

{#- The three strongest of some strengths of one row in a direction (1 up, -1 down), as a list of those that are a reason. -#}
{% macro three_strongest(expressions, sign) -%}
    {{ return(adapter.dispatch("three_strongest")(expressions, sign)) }}
{%- endmacro %}

{#- Condition: a strength is a reason in a direction. -#}
{% macro is_reason(strength, sign) -%}
    {{ strength }} {{ ">=" if sign > 0 else "<=" }} {{ sign * least_strength() }}
{%- endmacro %}

{% macro default__three_strongest(expressions, sign) -%}
    coalesce((
        select (array_agg(strengths.strength order by strengths.strength {{ "desc" if sign > 0 else "asc" }}))[1:3]
        from unnest(array[{{ expressions | join(", ") }}]) as strengths (strength)
        where {{ is_reason("strengths.strength", sign) }}
    ), cast(array[] as bigint[]))
{%- endmacro %}

{% macro duckdb__three_strongest(expressions, sign) -%}
    list_sort(
        list_filter([{{ expressions | join(", ") }}], strength -> {{ is_reason("strength", sign) }}), '{{ "DESC" if sign > 0 else "ASC" }}'
    )[1:3]
{%- endmacro %}
