{#-
    Columns of a person, one list for every model that carries them. No direct identifier but the birth date, which only gives an age.
    Stable cells never change (the contract says `past: stable`); the others hold from the time at which they were written.
-#}
{% macro stable_customer_columns() -%}
    {{ return(["created_at", "birth_date", "sex", "acquisition_source"]) }}
{%- endmacro %}

{% macro changing_customer_columns() -%}
    {{ return([
        "age_band", "marital_status", "income_band", "occupation", "household_id", "household_size", "children_count",
        "home_ownership", "region", "country", "consent_email", "consent_phone", "consent_sms", "consent_post",
        "profiling_objection", "merged_into", "deleted_at",
    ]) }}
{%- endmacro %}

{% macro customer_columns() -%}
    {{ return(stable_customer_columns() + changing_customer_columns()) }}
{%- endmacro %}

{#- Columns that are taken from the first of the merged records that has them. -#}
{% macro profile_columns() -%}
    {{ return([
        "birth_date", "sex", "acquisition_source", "age_band", "marital_status", "income_band", "occupation", "household_id",
        "household_size", "children_count", "home_ownership", "region", "country",
    ]) }}
{%- endmacro %}

{#- The columns as a select list of one relation. -#}
{% macro select_columns(columns, relation) -%}
    {% for column in columns %}{{ relation }}.{{ column }}{{ ",\n        " if not loop.last }}{% endfor %}
{%- endmacro %}
