{#- A number in double precision. -#}
{% macro as_double(expression) -%}
    cast({{ expression }} as {{ adapter.dispatch("double_type")() }})
{%- endmacro %}

{% macro default__double_type() -%}
    double
{%- endmacro %}

{#- Anything as text. -#}
{% macro as_text(expression) -%}
    cast({{ expression }} as {{ dbt.type_string() }})
{%- endmacro %}

{#- A cell of any type as the text that it has on every engine. -#}
{% macro cell_as_text(expression) -%}
    {{ return(adapter.dispatch("cell_as_text")(expression)) }}
{%- endmacro %}

{% macro default__cell_as_text(expression) -%}
    {{ return(as_text(expression)) }}
{%- endmacro %}

{#- A number rounded half up to a decimal. Engines round halves each in their own way when they cast, so nothing is left to the cast. -#}
{% macro rounded(expression, digits, width=18) -%}
    cast(floor({{ as_double(expression) }} * {{ 10 ** digits }} + 0.5) / {{ 10 ** digits }} as decimal({{ width }}, {{ digits }}))
{%- endmacro %}

{#- A ratio or decayed sum rounded to six digits, so that equal inputs give equal bins on every engine. -#}
{% macro quantise(expression) -%}
    {{ rounded(expression, 6) }}
{%- endmacro %}

{#- Weight of an event of a given age: one half every half-life. A decimal, so that a sum never depends on its order; a wide one, so that
    amounts of millions times it do not overflow. -#}
{% macro decay(age_days, half_life_days) -%}
    cast(power(0.5, {{ as_double(age_days) }} / {{ half_life_days }}) as decimal(20, 9))
{%- endmacro %}

{#- Amount in the contract's type after a sum widened it. -#}
{% macro as_amount(expression) -%}
    cast({{ expression }} as decimal(18, 4))
{%- endmacro %}

{#- An amount in the currency of reports. Nothing is multiplied where that is its own: decimals that wide are slow. -#}
{% macro converted(amount) -%}
    case when rates.rate = 1 then {{ amount }} else {{ at_rate(amount) }} end
{%- endmacro %}

{#- An amount times the rate of the joined `rates`, a half rounded away from zero. -#}
{% macro at_rate(amount) -%}
    {{ return(adapter.dispatch("at_rate")(amount)) }}
{%- endmacro %}

{% macro default__at_rate(amount) -%}
    {{ as_amount(amount ~ " * rates.rate") }}
{%- endmacro %}

{#- What fits is multiplied in 18 digits, 12 of them of the fraction: forty times as fast as in 38. -#}
{% macro duckdb__at_rate(amount) -%}
    case
        when abs({{ as_double(amount) }}) * {{ as_double("rates.rate") }} < 900000
            then {{ as_amount(amount ~ " * cast(rates.rate as decimal(18, 8))") }}
        else {{ default__at_rate(amount) }}
    end
{%- endmacro %}

{#- A constant of the reference population, from the seed reference_statistics. -#}
{% macro reference_statistic(name) -%}
    (select statistics.statistic_value from {{ ref("reference_statistics") }} as statistics where statistics.statistic_name = '{{ name }}')
{%- endmacro %}

{#- The cell of the first row by `place` that has one. -#}
{% macro first_known(column, place) -%}
    {{ return(adapter.dispatch("first_known")(column, place)) }}
{%- endmacro %}

{% macro default__first_known(column, place) -%}
    (array_agg({{ column }} order by {{ place }}) filter (where {{ column }} is not null))[1]
{%- endmacro %}

{% macro duckdb__first_known(column, place) -%}
    arg_min({{ column }}, {{ place }})
{%- endmacro %}

{#- Text as a number, null where it is none. -#}
{% macro number_or_null(expression) -%}
    {{ return(adapter.dispatch("number_or_null")(expression)) }}
{%- endmacro %}

{% macro default__number_or_null(expression) -%}
    try_cast({{ expression }} as decimal(18, 6))
{%- endmacro %}

{#- Sum of a measure over the events of the last `days` days; relations that use it have `age_days`. -#}
{% macro sum_within(measure, days, condition=none) -%}
    sum(case when age_days <= {{ days }}{{ " and " ~ condition if condition }} then {{ measure }} else 0 end)
{%- endmacro %}

{#- Exact median; the mean of the middle two where they are even in number. -#}
{% macro median(expression) -%}
    {{ return(adapter.dispatch("median")(expression)) }}
{%- endmacro %}

{% macro default__median(expression) -%}
    percentile_cont(0.5) within group (order by {{ expression }})
{%- endmacro %}

{#- Type of a list of values. -#}
{% macro list_type(data_type) -%}
    {{ return(adapter.dispatch("list_type")(data_type)) }}
{%- endmacro %}

{% macro default__list_type(data_type) -%}
    {{ data_type }}[]
{%- endmacro %}

{#- The value at a place of a list, 1 for the first; null beyond its end. -#}
{% macro listed_at(values, place) -%}
    {{ return(adapter.dispatch("listed_at")(values, place)) }}
{%- endmacro %}

{% macro default__listed_at(values, place) -%}
    {{ values }}[{{ place }}]
{%- endmacro %}

{#- One row per word of a text with bars between them. -#}
{% macro each_word(expression) -%}
    {{ return(adapter.dispatch("each_word")(expression)) }}
{%- endmacro %}

{% macro default__each_word(expression) -%}
    unnest(string_to_array({{ expression }}, '|'))
{%- endmacro %}

{#- Texts of a group in one, separated by commas, in a stated order. -#}
{% macro listed(expression, ordering) -%}
    {{ dbt.listagg(expression, "', '", "order by " ~ ordering) }}
{%- endmacro %}

{#-
    A mean pulled towards that of the reference population while there is little to go by:
    (total + mean x weight) / (count + weight), both constants from the seed reference_statistics.
-#}
{% macro shrunk_mean(total, count, statistic) -%}
    ({{ as_double(total) }} + {{ reference_statistic(statistic) }} * {{ reference_statistic(statistic ~ "_weight") }})
    / ({{ count }} + {{ reference_statistic(statistic ~ "_weight") }})
{%- endmacro %}
