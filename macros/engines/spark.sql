{#-
    What Spark 3.5 says in another way; each macro is the counterpart of the `default__` one, which is described where it is called.
    The server's time zone is UTC (docs/how-to/run-on-spark.md), so a Spark timestamp is the UTC moment that other engines hold without a zone.
-#}
{% macro spark__raw_location() -%}
    {{ return("the Spark catalog") }}
{%- endmacro %}

{% macro spark__raw_is_database() -%}
    {{ return(true) }}
{%- endmacro %}

{% macro spark__list_deliveries() -%}
    {{ return(list_raw_tables()) }}
{%- endmacro %}

{% macro spark__raw_table_group(source_name, table_name, columns, locations) -%}
    {{ return(raw_table_rows(source_name, table_name, columns, locations)) }}
{%- endmacro %}

{% macro spark__cells_as_json(columns) -%}
    {% set cells = [] %}
    {% for name in columns %}{% do cells.append("'" ~ sql_text(name) ~ "', " ~ adapter.quote(name)) %}{% endfor %}
    {{ return(spark__json_text("named_struct(" ~ cells | join(", ") ~ ")")) }}
{%- endmacro %}

{#- Spark drops the fields of a struct that are null unless it is told not to. -#}
{% macro spark__json_text(struct) -%}
    {{ return("to_json(" ~ struct ~ ", map('ignoreNullFields', 'false'))") }}
{%- endmacro %}

{#- Times as text in the form of the other engines: Spark's own JSON has a T in them. -#}
{% macro spark__row_as_json(alias, relation) -%}
    {%- set cells = [] -%}
    {%- for column in (adapter.get_columns_in_relation(relation) if execute else []) -%}
        {%- set cell = alias ~ "." ~ column.quoted -%}
        {%- do cells.append("'" ~ column.name ~ "', " ~ (cell_as_text(cell) if column.dtype in ["date", "timestamp"] else cell)) -%}
    {%- endfor -%}
    {{ return(spark__json_text("named_struct(" ~ cells | join(", ") ~ ")" if cells else "struct(" ~ alias ~ ".*)")) }}
{%- endmacro %}

{#- Spark writes a plus before years of five digits. What the type of the cell is costs nothing: it is known before a row is read. -#}
{% macro spark__cell_as_text(expression) -%}
    case
        when typeof({{ expression }}) in ('date', 'timestamp') then trim(leading '+' from {{ as_text(expression) }})
        else {{ as_text(expression) }}
    end
{%- endmacro %}

{#- A quote or a backslash in a text is escaped by a backslash; two quotes would be none. -#}
{% macro spark__sql_text(text) -%}
    {{ return(text.replace("\\", "\\\\").replace("'", "\\'")) }}
{%- endmacro %}

{% macro spark__utc_moment(text) -%}
    cast('{{ text }}' as timestamp)
{%- endmacro %}

{% macro spark__business_date(timestamp) -%}
    cast(from_utc_timestamp({{ timestamp }}, '{{ var("business_time_zone") }}') as date)
{%- endmacro %}

{% macro spark__days_between(earlier, later) -%}
    datediff({{ later }}, {{ earlier }})
{%- endmacro %}

{#-
    A cast that gives null where it fails and takes what DuckDB takes, as on PostgreSQL: a pattern first, since Spark also reads `2024-01`
    and the like, then the cast itself. A time of 24:00 is the next day's 0:00, and offsets may exceed Spark's 18 hours.
-#}
{% macro spark__cast_or_null(value, data_type) -%}
    {% set text = as_text(value) %}
    {% set number = "case when " ~ text ~ " rlike r'^ *[-+]?([0-9]+(_[0-9]+)*)?([.][0-9]*)?([eE][-+]?[0-9]{1,3})? *$' then replace("
        ~ text ~ ", '_', '') end" %}
    {% if data_type == "decimal" %}{{ return("try_cast(" ~ number ~ " as decimal(18, 4))") }}{% endif %}
    {% if data_type == "integer" %}
        {% set whole = "try_cast(" ~ number ~ " as decimal(38, 6))" %}
        {{ return("case when " ~ whole ~ " % 1 = 0 then try_cast(" ~ whole ~ " as bigint) end") }}
    {% endif %}
    {% if data_type == "boolean" %}
        {{ return(
            "case when lower(" ~ text ~ ") in ('true', 't', 'yes', 'y', '1') then true"
            ~ " when lower(" ~ text ~ ") in ('false', 'f', 'no', 'n', '0') then false end"
        ) }}
    {% endif %}
    {% set day = "([0-9]{1,6})([-/ \\\\])([0-9]{1,2})\\2([0-9]{1,2})" %}
    {% set long_year = "r'^([0-9]{1,3}-)', '000$1')" %}
    {% if data_type == "date" %}
        {% set pattern = "r'^" ~ day ~ "(?![0-9]).*$'" %}
        {{ return(
            "try_cast(case when " ~ text ~ " rlike " ~ pattern ~ " then regexp_replace(regexp_replace(" ~ text ~ ", " ~ pattern
            ~ ", '$1-$3-$4'), " ~ long_year ~ " end as date)"
        ) }}
    {% endif %}
    {% set pattern = "r'^" ~ day ~ "(?:[T ] *([0-9]{1,2}:[0-9]{1,2})(?:(:[0-5]?[0-9])(?:([.][0-9]{0,6})[0-9]*)?"
        ~ "(?:Z|( [A-Za-z][A-Za-z0-9_/+-]+)|([-+][0-9]{2})(?::?([0-9]{2})(?::([0-9]{2}))?)?)?)?)?$'" %}
    {% set sign = "left(regexp_extract(" ~ text ~ ", " ~ pattern ~ ", 9), 1)" %}
    {% set offset = [] %}
    {% for place in [9, 10, 11] %}
        {% do offset.append(
            "coalesce(try_cast(" ~ (sign ~ " || " if place > 9 else "") ~ "regexp_extract(" ~ text ~ ", " ~ pattern ~ ", " ~ place ~ ") as int), 0)"
        ) %}
    {% endfor %}
    {% set midnight = "r' 24:0?0(:0?0([.]0*)?)?( |$)'" %}
    {% set moment = "regexp_replace(regexp_replace(" ~ text ~ ", " ~ pattern ~ ", '$1-$3-$4 $5$6$7$8'), " ~ long_year %}
    {{ return(
        "case when " ~ text ~ " rlike " ~ pattern ~ " then try_cast(regexp_replace(" ~ moment ~ ", " ~ midnight ~ ", ' 00:00:00$3') as timestamp)"
        ~ " + make_dt_interval(case when " ~ moment ~ " rlike " ~ midnight ~ " then 1 else 0 end) - make_dt_interval(0, " ~ offset | join(", ") ~ ") end"
    ) }}
{%- endmacro %}

{% macro spark__number_or_null(expression) -%}
    {{ return(spark__cast_or_null(expression, "decimal").replace("decimal(18, 4)", "decimal(18, 6)")) }}
{%- endmacro %}

{#- DuckDB reads the last eight bytes of a digest from the end; the last of its sixteen digits is dropped. -#}
{% macro spark__row_hash(text) -%}
    {%- set pairs = [] -%}
    {%- for place in range(31, 15, -2) -%}{%- do pairs.append("substr(md5(" ~ text ~ "), " ~ place ~ ", 2)") -%}{%- endfor -%}
    cast(conv(substr({{ pairs | join(" || ") }}, 1, 15), 16, 10) as bigint)
{%- endmacro %}

{% macro spark__digest(expression) -%}
    sha2({{ expression }}, 256)
{%- endmacro %}

{#- The loader keeps such lines as rows of the raw table. -#}
{% macro spark__land_unreadable_lines(source_name, table_name) -%}
{%- endmacro %}

{% macro spark__first_known(column, place) -%}
    min_by({{ column }}, {{ place }}) filter (where {{ column }} is not null)
{%- endmacro %}

{% macro spark__three_strongest(expressions, sign) -%}
    slice(
        sort_array(filter(array({{ expressions | join(", ") }}), strength -> {{ is_reason("strength", sign) }}), {{ "false" if sign > 0 else "true" }}), 1, 3
    )
{%- endmacro %}

{% macro spark__bits_above(expression, bits) -%}
    shiftright({{ expression }}, {{ bits }})
{%- endmacro %}

{% macro spark__bits_below(expression, bits) -%}
    shiftleft({{ expression }}, {{ bits }})
{%- endmacro %}

{% macro spark__list_type(data_type) -%}
    array<{{ data_type }}>
{%- endmacro %}

{% macro spark__listed_at(values, place) -%}
    get({{ values }}, {{ place - 1 }})
{%- endmacro %}

{% macro spark__each_word(expression) -%}
    explode(split({{ expression }}, '[|]'))
{%- endmacro %}

{#- dbt's own leaves the order to chance. -#}
{% macro spark__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- set is_distinct = measure.startswith("distinct ") -%}
    {%- set text = measure.replace("distinct ", "", 1) -%}
    {%- set order = (order_by_clause or "").replace("order by ", "", 1) or text -%}
    {%- set places = "struct(" ~ order ~ ", " ~ text ~ " as listed_text)" -%}
    case
        when count({{ text }}) > 0
            then array_join(
                transform(
                    array_sort({{ "collect_set" if is_distinct else "collect_list" }}({{ places }}) filter (where {{ text }} is not null)),
                    place -> place.listed_text
                ),
                {{ delimiter_text }}
            )
    end
{%- endmacro %}

{#-
    As dbt's own, but tables of Iceberg are told by what the catalog has of them: it calls their provider Hive, whatever made them. Taken for
    tables of another format, a snapshot is refused a second time and a table is dropped before it is made anew.
-#}
{% macro spark__list_relations_without_caching(relation) -%}
    {%- call statement("list_relations", fetch_result=True) -%}
        show table extended in {{ relation.schema }} like '*'
    {%- endcall -%}
    {%- set relations = [] -%}
    {%- for schema, name, is_temporary, information in load_result("list_relations").table.rows -%}
        {%- if "table_type=ICEBERG" in information -%}
            {%- set information = information.replace("Provider: hive", "Provider: iceberg", 1) -%}
        {%- endif -%}
        {%- do relations.append([schema, name, is_temporary, information]) -%}
    {%- endfor -%}
    {{ return(relations) }}
{%- endmacro %}

{#- As dbt's own, but what is temporary is a view: a unit test that drops it as a table fails. -#}
{% macro spark__make_temp_relation(base_relation, suffix) -%}
    {{ return(
        base_relation.incorporate(path={"identifier": base_relation.identifier ~ suffix}, type="view").include(database=false, schema=false)
    ) }}
{%- endmacro %}

{#-
    As dbt's own where a table is made. A unit test fetches the answer to the statement that makes its temporary view, and the driver has
    no rows to give: the view is made here, and what the unit test runs is a query.
-#}
{% macro spark__get_create_table_as_sql(temporary, relation, sql) -%}
    {% if temporary %}
        {% call statement("make_temporary_view") %}{{ create_table_as(true, relation, sql) }}{% endcall %}
        {{ return("select true as is_made") }}
    {% endif %}
    {{ return(create_table_as(false, relation, sql)) }}
{%- endmacro %}
