{#-
    What PostgreSQL says in another way; each macro is the counterpart of the `default__` one, which is described where it is called.
-#}
{% macro postgres__double_type() -%}
    double precision
{%- endmacro %}

{#- As dbt's own, with the types of seeds in PostgreSQL's names: dbt translates those of a contract only. -#}
{% macro postgres__create_csv_table(model, agate_table) -%}
    {% set names = {"string": "text", "double": "double precision"} %}
    {% set types = model["config"].get("column_types", {}) %}
    {% for column, data_type in types.items() | list %}
        {% do types.update({column: names.get(data_type, data_type)}) %}
    {% endfor %}
    {{ return(dbt.default__create_csv_table(model, agate_table)) }}
{%- endmacro %}

{#- The planner knows nothing of a table until somebody counts it, and the next model reads it at once. -#}
{% macro postgres__create_indexes(relation) -%}
    {% do dbt.default__create_indexes(relation) %}
    {% do run_query("analyze " ~ relation) %}
{%- endmacro %}

{% macro postgres__raw_location() -%}
    {{ return(target.dbname) }}
{%- endmacro %}

{% macro postgres__raw_is_database() -%}
    {{ return(true) }}
{%- endmacro %}

{% macro postgres__list_deliveries() -%}
    {% if target.type == "postgres" %}{% do check_collation() %}{% endif %}
    {{ return(list_raw_tables()) }}
{%- endmacro %}

{#- Order of text decides ties, and must be that of the other engines. -#}
{% macro check_collation() -%}
    {% set ordered = run_query("select 'Z' < 'a', pg_encoding_to_char(encoding) from pg_database where datname = current_database()").rows[0] %}
    {% if not ordered[0] or ordered[1] != "UTF8" %}
        {% do exceptions.raise_compiler_error(
            "The database " ~ target.dbname ~ " does not order text by code point, so ties would fall otherwise than on other engines. "
            ~ "Create it with: create database " ~ target.dbname ~ " template template0 encoding 'UTF8' locale 'C'"
        ) %}
    {% endif %}
{%- endmacro %}

{% macro postgres__raw_table_group(source_name, table_name, columns, locations) -%}
    {{ return(raw_table_rows(source_name, table_name, columns, locations)) }}
{%- endmacro %}

{% macro postgres__cells_as_json(columns) -%}
    {% set cells = [] %}
    {% for name in columns %}{% do cells.append("'" ~ sql_text(name) ~ "', " ~ adapter.quote(name)) %}{% endfor %}
    {{ return(as_text("json_build_object(" ~ cells | join(", ") ~ ")")) }}
{%- endmacro %}

{% macro postgres__cast_or_null(value, data_type) -%}
    {{ return(target.schema ~ "." ~ data_type ~ "_or_null(cast(" ~ value ~ " as text)" ~ (", 4)" if data_type == "decimal" else ")")) }}
{%- endmacro %}

{% macro postgres__number_or_null(expression) -%}
    {{ target.schema }}.decimal_or_null({{ expression }}, 6)
{%- endmacro %}

{#- DuckDB reads the last eight bytes of a digest from the end; the last of its sixteen digits is dropped. -#}
{% macro postgres__row_hash(text) -%}
    cast(cast('x0' || substr({{ target.schema }}.reversed_md5({{ text }}), 1, 15) as bit(64)) as bigint)
{%- endmacro %}

{% macro postgres__digest(expression) -%}
    encode(sha256(convert_to({{ expression }}, 'UTF8')), 'hex')
{%- endmacro %}

{#- The loader keeps such lines as rows of the raw table. -#}
{% macro postgres__land_unreadable_lines(source_name, table_name) -%}
{%- endmacro %}

{#- Times as text in the form of the other engines: PostgreSQL's own JSON has a T in them. -#}
{% macro postgres__row_as_json(alias, relation) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) if execute else [] -%}
    {%- if columns -%}
    cast(json_build_object(
        {%- for column in columns %}
        '{{ column.name }}', {{ as_text(alias ~ "." ~ column.quoted) if "timestamp" in column.dtype else alias ~ "." ~ column.quoted }}
        {{- "," if not loop.last }}
        {%- endfor %}
    ) as text)
    {%- else -%}
    cast(to_json({{ alias }}) as text)
    {%- endif -%}
{%- endmacro %}

{% macro postgres__unpivoted_codes(features) -%}
    cross join lateral (
        values
        {%- for feature in features %}
        ('{{ feature.code }}', {{ feature.code }}){{ "," if not loop.last }}
        {%- endfor %}
    ) as codes (code, bin)
{%- endmacro %}

{#- As dbt's own, but a list has the name of its type (`int8[]`) and not just ARRAY: unit tests cast to it. -#}
{% macro postgres__get_columns_in_relation(relation) -%}
    {% call statement("get_columns_in_relation", fetch_result=True) %}
        select
            column_name,
            case when data_type = 'ARRAY' then substr(udt_name, 2) || '[]' else data_type end as data_type,
            character_maximum_length,
            numeric_precision,
            numeric_scale
        from {{ relation.information_schema("columns") }}
        where table_name = '{{ relation.identifier }}'
            {%- if relation.schema %}
            and table_schema = '{{ relation.schema }}'
            {%- endif %}
        order by ordinal_position
    {% endcall %}
    {{ return(sql_convert_columns_in_relation(load_result("get_columns_in_relation").table)) }}
{%- endmacro %}

{#- As dbt's own, but 0.6 is 0.600000: PostgreSQL forgets the scale of a decimal in a `case` and in an aggregate. -#}
{% macro postgres__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {%- set cells = [] -%}
    {%- for name in expected_column_names %}{% do cells.append(target.schema ~ ".comparable(" ~ name ~ ") as " ~ name) %}{% endfor -%}
    with dbt_internal_unit_test_actual as (
        select {{ expected_column_names | join(", ") }}, 'actual' as "actual_or_expected"
        from (
            {{ main_sql }}
        ) as actual_rows
    ),

    dbt_internal_unit_test_expected as (
        select {{ expected_column_names | join(", ") }}, 'expected' as "actual_or_expected"
        from (
            {{ expected_fixture_sql }}
        ) as expected_rows
    )

    select {{ cells | join(", ") }}, "actual_or_expected" from dbt_internal_unit_test_actual
    union all
    select {{ cells | join(", ") }}, "actual_or_expected" from dbt_internal_unit_test_expected
{%- endmacro %}

{% macro postgres__computed_once() -%}
    offset 0
{%- endmacro %}
