{#- Whole days from one date to a later one. -#}
{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch("days_between")(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    ({{ later }} - {{ earlier }})
{%- endmacro %}

{#- True for an event in the last `days` days before the as-of date, that date excluded. -#}
{% macro within_days(event_date, days, as_of_date="spine.as_of_date") -%}
    {{ days_between(event_date, as_of_date) }} <= {{ days }}
{%- endmacro %}
