{#-
    Place of a row among the deliveries of its key, 1 for the one that counts. Rows that broke the contract take no part.
    The latest `_loaded_at` wins, else the last file by name; among equals the content decides, so that order in a file never matters.
-#}
{% macro delivery_rank(key) -%}
    row_number() over (
        partition by {{ key | join(", ") }}, _reason is null
        order by _loaded_at desc nulls last, _delivery desc, _row_hash desc
    )
{%- endmacro %}

{#- Hash of the row that counts for the key. -#}
{% macro winner_hash(key) -%}
    first_value(_row_hash) over (
        partition by {{ key | join(", ") }}, _reason is null
        order by _loaded_at desc nulls last, _delivery desc, _row_hash desc
    )
{%- endmacro %}

{#- Rows with the place of each among the deliveries of its key, where only those of a key that comes more than once are sorted. -#}
{% macro rank_repeated(rows, key) -%}
    select
        *,
        {{ delivery_rank(key) }} as _delivery_rank,
        {{ winner_hash(key) }} as _winner_hash
    from {{ rows }}
    where _is_repeated
    union all
    select
        *,
        1 as _delivery_rank,
        _row_hash as _winner_hash
    from {{ rows }}
    where not _is_repeated
{%- endmacro %}

{#- Stands before the bracket of a CTE as big as a raw table that is used twice: engines that would keep its rows read them again instead. -#}
{% macro inlined() -%}
    {{ return(adapter.dispatch("inlined")()) }}
{%- endmacro %}

{% macro default__inlined() -%}{%- endmacro %}

{% macro duckdb__inlined() -%}
    not materialized
{%- endmacro %}

{% macro postgres__inlined() -%}
    not materialized
{%- endmacro %}

{#-
    Status of a raw row: rejected, exact_duplicate, superseded, anonymous or accepted.

    later_reason  expression with the reason why the row is refused after its own contract was kept, null where it is not
    person        column that names the person where it may be empty
-#}
{% macro row_status(later_reason="null", person=none) -%}
    case
        when _reason is not null then 'rejected'
        when _delivery_rank > 1 and _row_hash = _winner_hash then 'exact_duplicate'
        when _delivery_rank > 1 then 'superseded'
        when {{ later_reason }} is not null then 'rejected'
        {%- if person %}
        when {{ person }} is null then 'anonymous'
        {%- endif %}
        else 'accepted'
    end
{%- endmacro %}

{#- Day of the business that a UTC time falls on. -#}
{% macro business_date(timestamp) -%}
    {% if var("business_time_zone") == "UTC" -%}
    cast({{ timestamp }} as date)
    {%- else -%}
    {{ adapter.dispatch("business_date")(timestamp) }}
    {%- endif %}
{%- endmacro %}

{% macro default__business_date(timestamp) -%}
    cast({{ timestamp }} at time zone 'UTC' at time zone '{{ var("business_time_zone") }}' as date)
{%- endmacro %}

{#- Why a row is refused, null where it is not. A reason found after the contract was kept only counts for the winning row. -#}
{% macro row_reason(later_reason="null") -%}
    coalesce(_reason, case when _delivery_rank = 1 then {{ later_reason }} end)
{%- endmacro %}

{#- Column that the reason is about. -#}
{% macro row_reason_column(later_reason="null", later_column="null") -%}
    coalesce(_reason_column, case when _delivery_rank = 1 and {{ later_reason }} is not null then {{ later_column }} end)
{%- endmacro %}

{#- Currency code in capitals; the reporting currency where none was given. -#}
{% macro currency_code(column) -%}
    coalesce(upper({{ column }}), '{{ var("reporting_currency") }}')
{%- endmacro %}
