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

{#- Expression: a raw score within the limits of the scale, which `least` and `greatest` alone would give to nobody's score too. -#}
{% macro within_scale(score_raw) -%}
    case when {{ score_raw }} is not null then cast(greatest(least({{ score_raw }}, 10), 0) as decimal(6, 3)) end
{%- endmacro %}

{#- What a trained card states of a person beside the score: a probability, an amount, or none. -#}
{% macro stated_by(score) -%}
    {% if score.evidence != "expert" %}
        {{ return({"log_odds": "probability", "log_amount": "expected_amount"}.get(score.scale_kind)) }}
    {% endif %}
{%- endmacro %}

{#- The column that says why somebody is outside of the people whom a score is of; none where it is of everyone. -#}
{% macro population_column(score) -%}
    {% if score.population != "everyone" %}
        {{ return("outside__" ~ score.population ~ ("" if score.active_days is none else "_" ~ score.active_days)) }}
    {% endif %}
{%- endmacro %}

{#- For each such column of some scores one of the scores: what is of the same people shares it. -#}
{% macro population_columns(scores) -%}
    {% set columns = {} %}
    {% for score in scores if population_column(score) %}
        {% do columns.update({population_column(score): score}) %}
    {% endfor %}
    {{ return(columns) }}
{%- endmacro %}

{#- Expression: why somebody has no score, from a row of score_judged; null where there is one. -#}
{% macro null_reason_of(score, judged="score_judged") -%}
    {% if score.missing_input %}
        {{ return("'needs " ~ score.missing_input ~ "'") }}
    {% endif %}
    {{ return(judged ~ "." ~ population_column(score) if population_column(score) else as_text("null")) }}
{%- endmacro %}

{#-
    Why somebody has no score, null where there is one.

    persons    relation with the features of people
    missing_inputs and catalogue are relations of the query: the inputs that are lacking, and whom the scores are of.
-#}
{% macro score_null_reason(persons) -%}
    case
        when missing_inputs.feature is not null then 'needs ' || missing_inputs.feature
        else {{ outside_population(persons, "catalogue.population", "catalogue.active_days") }}
    end
{%- endmacro %}

{#-
    Why somebody is not asked, null for those who are.

    persons      relation with the features of people
    population   expression: whom a score is of
    active_days  expression: days without an order after which somebody is no longer active
-#}
{% macro outside_population(persons, population, active_days) -%}
    case
        when {{ population }} = 'buyers' and coalesce({{ persons }}.order_count_lifetime, 0) = 0 then 'no order yet'
        when {{ population }} = 'prospects' and {{ persons }}.order_count_lifetime > 0 then 'already a buyer'
        when
            {{ population }} = 'active'
            and coalesce({{ persons }}.days_since_last_order > {{ active_days }}, true)
            then 'not active'
        when
            {{ population }} = 'heard'
            and coalesce({{ persons }}.feedback_count_364d, 0) + coalesce({{ persons }}.complaint_count_364d, 0) = 0
            then 'nothing heard in 364 days'
        when
            {{ population }} = 'billed'
            and coalesce({{ persons }}.invoice_count_364d, 0) + coalesce({{ persons }}.open_loan_count, 0)
            + coalesce({{ persons }}.loan_default_count, 0) = 0
            then 'no invoice or loan'
        when
            {{ population }} = 'repeaters' and coalesce({{ persons }}.gap_count_364d, 0) < 2
            then 'fewer than three order days in 364 days'
        when
            {{ population }} = 'described'
            and coalesce({{ persons }}.income_band, {{ persons }}.home_ownership, {{ persons }}.occupation) is null
            and {{ persons }}.household_size is null
            then 'nothing known of the person'
    end
{%- endmacro %}
