{#-
    Lands the new deliveries of one contract table, typed and judged against the contract; the base_ models are one call of it.

    Columns: those of the contract in its order (typed null where a delivery lacks one), then
    _delivery, _version, _delivered_at, _row_hash, _reason, _reason_column, _raw.
    Two stages: the reader gives each column as delivered (text where the format is text), then one select casts and judges.
-#}
{% macro land(source_name, table_name) -%}
    {% do source(source_name, table_name) %}
    {% set table = contract_table(source_name, table_name) if execute else none %}
    {% set columns = table.columns.values() | list if execute else [] %}
    {% set groups = delivery_groups(source_name, table_name) if execute else [] %}
    with

    deliveries as (
        select * from {{ ref("base_deliveries") }}
        where source_name = '{{ source_name }}' and table_name = '{{ table_name }}'
    ),

    {% for group in groups %}
    delivered_{{ loop.index }} as (
        select
            {%- for column in columns %}
            {{ landed_cast(column, group) }} as "{{ column.name }}",
            {%- endfor %}
            {%- for column in columns %}
            {{ landed_failure(column, group) }} as "_failed_{{ column.name }}",
            {%- endfor %}
            cast(to_json({{ group.struct }}) as varchar) as _raw_row,
            {{ group.delivery }} as _location
        from {{ group.reader }}
    ),

    {% endfor %}
    delivered as (
        {% for group in groups %}
        select * from delivered_{{ loop.index }}
        {{ "union all" if not loop.last }}
        {% else %}
        select
            {%- for column in columns %}
            cast(null as {{ contract_type(column.data_type) }}) as "{{ column.name }}",
            {%- endfor %}
            {%- for column in columns %}
            cast(null as boolean) as "_failed_{{ column.name }}",
            {%- endfor %}
            cast(null as varchar) as _raw_row,
            cast(null as varchar) as _location
        where false
        {% endfor %}
    ),

    dated as (
        select
            delivered.*,
            deliveries.delivery as _delivery,
            deliveries.delivery_version as _version,
            coalesce({{ "delivered._loaded_at" if execute else "null" }}, deliveries.modified_at) as _delivered_at
        from delivered
        inner join deliveries
            on delivered._location = deliveries.location
    ),

    judged as (
        select
            *,
            case
                {%- for column in columns %}
                {{ landed_reason(column) }}
                {%- endfor %}
                else null
            end as _verdict
        from dated
    )

    select
        {%- for column in columns %}
        "{{ column.name }}",
        {%- endfor %}
        _delivery,
        _version,
        _delivered_at,
        hash({% for column in columns if column.name != "_loaded_at" %}"{{ column.name }}"{{ ", " if not loop.last }}{% endfor %}) as _row_hash,
        split_part(_verdict, '|', 1) as _reason,
        split_part(_verdict, '|', 2) as _reason_column,
        case when _verdict is not null then _raw_row end as _raw
    from judged
{%- endmacro %}

{#- Type of the warehouse for a type of the contract. -#}
{% macro contract_type(data_type) -%}
    {{ return({
        "text": "varchar", "timestamp": "timestamp", "date": "date", "integer": "bigint",
        "decimal": "decimal(18, 4)", "boolean": "boolean",
    }[data_type]) }}
{%- endmacro %}

{#- New deliveries of a table, grouped by format and columns; each group with its reader. -#}
{% macro delivery_groups(source_name, table_name) -%}
    {% set frozen = load_relation(ref("base_deliveries")) %}
    {% if frozen is none or flags.WHICH not in ("build", "run", "retry") %}{{ return([]) }}{% endif %}
    {% set landed = "" %}
    {% if is_incremental() %}
        {% set landed = " and delivery_version not in (select distinct _version from " ~ this ~ ")" %}
    {% endif %}
    {% set groups = [] %}
    {% for row in run_query(
        "select format, columns_json, file_columns_json, string_agg('''' || replace(location, '''', '''''') || '''', ', ' order by location) as locations from "
        ~ frozen ~ " where source_name = '" ~ source_name ~ "' and table_name = '" ~ table_name ~ "'" ~ landed
        ~ " group by format, columns_json, file_columns_json order by min(location)"
    ).rows %}
        {% set columns = fromjson(row.columns_json) %}
        {% set group = {
            "columns": dict(columns),
            "delivery": "filename",
            "struct": "{" ~ quoted_pairs(columns) ~ "}",
        } %}
        {% if row.format == "csv" %}
            {% do group.update({"reader": "read_csv([" ~ row.locations ~ "], auto_detect = false, header = true, delim = '"
                ~ sql_text(var("csv_format").delimiter) ~ "', quote = '" ~ sql_text(var("csv_format").quote)
                ~ "', escape = '" ~ sql_text(var("csv_format").quote) ~ "', encoding = '" ~ var("csv_format").encoding
                ~ "', columns = {" ~ text_columns(fromjson(row.file_columns_json)) ~ "}, filename = true, hive_partitioning = true, hive_types_autocast = false)"}) %}
        {% elif row.format == "parquet" %}
            {% do group.update({"reader": "read_parquet([" ~ row.locations
                ~ "], filename = true, hive_partitioning = true, hive_types_autocast = false)"}) %}
        {% elif row.format == "jsonl" %}
            {% do group.update({"reader": "read_json([" ~ row.locations ~ "], format = 'newline_delimited', columns = {"
                ~ text_columns(fromjson(row.file_columns_json)) ~ "}, filename = true, hive_partitioning = true, hive_types_autocast = false)"}) %}
        {% else %}
            {% set day = "coalesce(cast(cast(_loaded_at as date) as varchar), '')" if "_loaded_at" in group["columns"] else "''" %}
            {% do group.update({
                "reader": 'raw."' ~ source_name ~ '"."' ~ table_name ~ '" where ' ~ day ~ " in (" ~ row.locations ~ ")",
                "delivery": day,
            }) %}
        {% endif %}
        {% do groups.append(group) %}
    {% endfor %}
    {{ return(groups) }}
{%- endmacro %}

{#- `'name': 'VARCHAR'` for each column: how a text reader is told its columns. -#}
{% macro text_columns(columns) -%}
    {% set pairs = [] %}
    {% for column in columns %}{% do pairs.append("'" ~ sql_text(column[0]) ~ "': 'VARCHAR'") %}{% endfor %}
    {{ return(pairs | join(", ")) }}
{%- endmacro %}

{#- `'name': "name"` for each column: the fields of the row as it was delivered. -#}
{% macro quoted_pairs(columns) -%}
    {% set pairs = [] %}
    {% for column in columns %}{% do pairs.append("'" ~ sql_text(column[0]) ~ "': \"" ~ column[0].replace('"', '""') ~ '"') %}{% endfor %}
    {{ return(pairs | join(", ")) }}
{%- endmacro %}

{#- A column as it was delivered: empty text is null. -#}
{% macro landed_value(column, group) -%}
    {% if column.name not in group["columns"] %}{{ return("null") }}{% endif %}
    {% set value = '"' ~ column.name ~ '"' %}
    {{ return("nullif(trim(" ~ value ~ "), '')" if group["columns"][column.name] else value) }}
{%- endmacro %}

{#-
    The typed value, null where it does not cast. Integers must be whole; a time with an offset is brought to UTC.
-#}
{% macro landed_cast(column, group) -%}
    {% set value = landed_value(column, group) %}
    {% set type = contract_type(column.data_type) %}
    {% if value == "null" %}{{ return("cast(null as " ~ type ~ ")") }}{% endif %}
    {% if column.data_type == "text" %}{{ return("nullif(trim(cast(" ~ value ~ " as varchar)), '')") }}{% endif %}
    {% if column.data_type == "timestamp" %}{{ return("try_cast(" ~ value ~ " as timestamptz) at time zone 'UTC'") }}{% endif %}
    {% if column.data_type == "integer" %}
        {{ return("case when try_cast(" ~ value ~ " as decimal(38, 6)) = try_cast(" ~ value ~ " as bigint) then try_cast(" ~ value ~ " as bigint) end") }}
    {% endif %}
    {{ return("try_cast(" ~ value ~ " as " ~ type ~ ")") }}
{%- endmacro %}

{#- True where a delivered value did not cast. -#}
{% macro landed_failure(column, group) -%}
    {% set value = landed_value(column, group) %}
    {% if value == "null" or column.data_type == "text" %}{{ return("false") }}{% endif %}
    {{ return(value ~ " is not null and " ~ landed_cast(column, group) ~ " is null") }}
{%- endmacro %}

{#- The branches of a case that say why a row is refused because of one column: 'reason|column'. -#}
{% macro landed_reason(column) -%}
    {% set name = '"' ~ column.name ~ '"' %}
    {% set minimum = contract_meta(column, "min") %}
    {% set maximum = contract_meta(column, "max") %}
    {% set is_time = column.data_type in ("timestamp", "date") %}
    {% if column.data_type != "text" %}
                when "_failed_{{ column.name }}" then 'not_a_{{ column.data_type }}|{{ column.name }}'
    {%- endif %}
    {%- if contract_meta(column, "required") and not contract_meta(column, "nullable") %}
                when {{ name }} is null then 'null_in_required_column|{{ column.name }}'
    {%- endif %}
    {%- if is_time and column.name != "_loaded_at" %}
                when {{ name }} < {{ column.data_type }} '{{ minimum or "1990-01-01" }}' then 'out_of_range|{{ column.name }}'
        {%- if contract_meta(column, "may_be_future") %}
                when {{ name }} > {{ column.data_type }} '2090-01-01' then 'out_of_range|{{ column.name }}'
        {%- else %}
                when {{ name }} > _delivered_at + interval 1 day then 'later_than_delivery|{{ column.name }}'
        {%- endif %}
    {%- elif minimum is not none or maximum is not none %}
                when not {{ name }} between {{ minimum if minimum is not none else "-1e13" }} and {{ maximum if maximum is not none else "1e13" }} then 'out_of_range|{{ column.name }}'
    {%- endif %}
{%- endmacro %}

{#- Pre-hook of the base_ models: removes rows whose delivery was replaced or withdrawn. -#}
{% macro withdraw_deliveries() -%}
    {% if execute and is_incremental() %}
        delete from {{ this }} where _version not in (select delivery_version from {{ ref("base_deliveries") }})
    {% endif %}
{%- endmacro %}
