{#- Scores of one person, in the order of the wide table; a score that a sector switches off is null there. -#}
{% macro person_scores() -%}
    {{ return([
        "purchase_propensity", "customer_value", "purchase_regularity", "engagement", "satisfaction", "campaign_response",
        "lapse_risk", "marketing_pressure", "credit_risk", "profile_fit", "lead_conversion",
    ]) }}
{%- endmacro %}

{#- Scores on a log-odds scale, which have a probability once their card is calibrated. -#}
{% macro odds_scores() -%}
    {{ return([
        "purchase_propensity", "campaign_response", "lapse_risk", "credit_risk", "profile_fit", "lead_conversion",
    ]) }}
{%- endmacro %}

{#- Columns of the reasons of a score: three that raise it and three that lower it, in two languages. -#}
{% macro reason_columns() -%}
    {% set columns = [] %}
    {% for language in ["en", "fr"] %}
        {% for direction in ["up", "down"] %}
            {% for place in [1, 2, 3] %}
                {% do columns.append({
                    "direction": direction,
                    "place": place,
                    "language": language,
                    "column": "reason_" ~ direction ~ "_" ~ place ~ "_" ~ language,
                }) %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {{ return(columns) }}
{%- endmacro %}

{#- Odds of default, as doublings from even, on the points scale of lenders: an anchor of points and odds, and points that double the odds. -#}
{% macro credit_points(odds_doublings) -%}
    cast(
        floor(
            {{ reference_statistic("credit_points_anchor") }}
            - {{ reference_statistic("credit_points_to_double") }}
            * (ln({{ reference_statistic("credit_odds_anchor") }}) / ln({{ as_double("2") }}) + {{ odds_doublings }}) + 0.5
        ) as integer
    )
{%- endmacro %}
