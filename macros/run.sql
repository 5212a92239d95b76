{#- Name of the database that the run builds in, none on engines that have schemas alone. -#}
{% macro run_database() -%}
    {{ return(none if target.type == "spark" else target.database) }}
{%- endmacro %}

{#- Id of the run: from the environment where `scoring run` sets it, else dbt's own. -#}
{% macro run_id() -%}
    {{ return(env_var("SCORING_RUN_ID", invocation_id)) }}
{%- endmacro %}

{#- The date that the run scores as of: from the var or the environment, else the day after the latest event. -#}
{% macro run_as_of_date(data_date) -%}
    {% set given = var("as_of_date") or env_var("SCORING_AS_OF_DATE", "") %}
    {{ return("cast('" ~ given ~ "' as date)" if given else data_date) }}
{%- endmacro %}

{#- Pre-hook of a history: a date that is run again replaces itself. -#}
{% macro delete_current_date() -%}
    {% if is_incremental() %}
        delete from {{ this }} where as_of_date in (select as_of_date from {{ ref("int_run") }})
    {% endif %}
{%- endmacro %}
