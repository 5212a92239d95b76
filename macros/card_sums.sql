{#-
    Cards of people, read while a model compiles: they become one expression per score over the columns of bin codes, which is several times
    faster than a join of each person and feature with the points. As `pair_card`, but places number the features.
-#}

{#- The cards of live scores by name: dictionaries with base, in thousandths, and features (code, family, bins with bin, thousandths, place). -#}
{% macro person_cards(scores) -%}
    {% set cards = {} %}
    {% for score in scores %}
        {% set card = {"base": 0, "features": {}} %}
        {% set points = points_column(score) %}
        {% for row in run_query(
            "select bin_set, feature, bin, feature_place, reason_family, cast(" ~ points ~ " * 1000 as bigint) as thousandths, max(abs("
            ~ points ~ ")) over (partition by bin_set, feature) as most from " ~ ref("score_card_points") ~ " order by feature_place, bin"
        ).rows if row.most > 0 %}
            {% set code = row.bin_set ~ "__" ~ row.feature %}
            {% if row.feature == "(base)" %}
                {% do card.update({"base": card.base + row.thousandths | int}) %}
            {% else %}
                {% if code not in card.features %}
                    {% do card.features.update({code: {"code": code, "family": row.reason_family, "bins": []}}) %}
                {% endif %}
                {% do card.features[code].bins.append(
                    {"bin": row.bin | int, "thousandths": row.thousandths | int, "place": row.feature_place | int}
                ) %}
            {% endif %}
        {% endfor %}
        {% do cards.update({score.score_name: {"base": card.base, "features": card.features.values() | list}}) %}
    {% endfor %}
    {{ return(cards) }}
{%- endmacro %}

{#- Expression: the greatest strength of a side that is below those of the places before; null where there is none. -#}
{% macro greatest_below(side, place) -%}
    {% set strengths = [] %}
    {% for strength in side.families %}
        {% set name = side.name ~ "__" ~ loop.index %}
        {% do strengths.append(name if place == 1 else "case when " ~ name ~ " < " ~ side.name ~ "__place_" ~ (place - 1) ~ " then " ~ name ~ " end") %}
    {% endfor %}
    {{ return("greatest(" ~ strengths | join(", ") ~ ")" if strengths | length > 1 else (strengths or ["cast(null as bigint)"])[0]) }}
{%- endmacro %}
