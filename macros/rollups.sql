{#-
    Roll-ups are rebuilt by day: the pre-hook deletes the days whose set of delivery versions is no longer the one they were built
    from, the model appends the days that it no longer holds. Nothing looks at the clock or at the latest day.
-#}
{% macro delete_touched_days() -%}
    {% if execute and is_incremental() %}
        {% set versions = ref(config.get("meta")["day_versions"]) if config.get("meta") else ref("int_order_day_versions") %}
        delete from {{ this }}
        where not exists (
            select 1 from {{ versions }} as day_versions
            where day_versions.event_date = {{ this }}.event_date
                and day_versions.version_set = {{ this }}.version_set
        )
    {% endif %}
{%- endmacro %}

{#- Days to build: those that the roll-up does not hold. -#}
{% macro days_to_build(day_versions) -%}
    select
        event_date,
        version_set
    from {{ day_versions }}
    {% if is_incremental() %}
    where event_date not in (select event_date from {{ this }})
    {% endif %}
{%- endmacro %}
