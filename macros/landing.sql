{#-
    Lands the new deliveries of one contract table, typed and judged against the contract; the base_ models are one call of it.

    Columns: those of the contract in its order (typed null where a delivery lacks one), then
    _delivery, _version, _delivered_at, _row_hash, _reason, _reason_column, _raw.
    Two stages: the reader gives each column as delivered (text where the format is text), then one select casts and judges.
    A hook adds the lines that the reader could not take apart.
-#}
{% macro land(source_name, table_name) -%}
    {% do source(source_name, table_name) %}
    {% do config(post_hook="{{ land_unreadable_lines('" ~ source_name ~ "', '" ~ table_name ~ "') }}") %}
    {% set table = contract_table(source_name, table_name) if execute else none %}
    {% set columns = table.columns.values() | list if execute else [] %}
    {% set groups = delivery_groups(source_name, table_name) if execute else [] %}
    with

    deliveries as (
        select * from {{ ref("base_deliveries") }}
        where source_name = '{{ source_name }}' and table_name = '{{ table_name }}'
    ),

    {% set forgotten = is_forgotten(table) if execute else "false" %}
    {% for group in groups %}
    delivered_{{ loop.index }} as (
        select
            {%- for column in columns %}
            {{ landed_cast(column, group) }} as {{ adapter.quote(column.name) }},
            {%- endfor %}
            {%- for column in columns %}
            {{ landed_failure(column, group) }} as {{ adapter.quote("_failed_" ~ column.name) }},
            {%- endfor %}
            {{ group.raw_row }} as _raw_row,
            {{ group.is_no_row }} as _is_no_row,
            {{ group.delivery }} as _location
        from {{ group.reader }}
    ),

    dated_{{ loop.index }} as (
        select
            delivered.*,
            {{ forgotten }} as _is_forgotten,
            deliveries.delivery as _delivery,
            deliveries.delivery_version as _version,
            coalesce(delivered._loaded_at, deliveries.modified_at) as _delivered_at
        from delivered_{{ loop.index }} as delivered
        inner join deliveries
            on delivered._location = deliveries.location
    ),

    judged_{{ loop.index }} as (
        select
            *,
            case
                when _is_forgotten then 'forgotten|{{ contract_meta(table, "person") or "customer_id" }}'
                when _is_no_row then '{{ no_row_verdict() }}'
                {%- for column in columns %}
                {{ landed_reason(column) }}
                {%- endfor %}
                else null
            end as _verdict
        from dated_{{ loop.index }}
    ),

    {% endfor %}
    /* The text of a row is made for rows that break the contract alone: made for all of them it would take as long as the rest. */
    erased as (
        {% for group in groups %}
        select
            {%- for column in columns %}
            {{ erased_cell(adapter.quote(column.name), forgotten) }},
            {%- endfor %}
            case when _verdict is not null and not _is_forgotten then {{ group.raw_text or "_raw_row" }} end as _raw,
            _delivery,
            _version,
            _delivered_at,
            _verdict
        from judged_{{ loop.index }}
        {{ "union all" if not loop.last }}
        {% else %}
        select
            {%- for column in columns %}
            cast(null as {{ contract_type(column.data_type) }}) as {{ adapter.quote(column.name) }},
            {%- endfor %}
            {{ as_text("null") }} as _raw,
            delivery as _delivery,
            delivery_version as _version,
            modified_at as _delivered_at,
            {{ as_text("null") }} as _verdict
        from deliveries
        where false
        {% endfor %}
    )

    select
        {%- for column in columns %}
        {{ adapter.quote(column.name) }},
        {%- endfor %}
        _delivery,
        _version,
        _delivered_at,
        {{ row_hash(columns | map(attribute="name") | reject("equalto", "_loaded_at")) }} as _row_hash,
        split_part(_verdict, '|', 1) as _reason,
        split_part(_verdict, '|', 2) as _reason_column,
        _raw
    from erased
{%- endmacro %}

{#-
    Condition of a row that names somebody who was forgotten: a person of the table, or one of its two. The register has one salt and a
    digest per key; without a register nobody was forgotten.
-#}
{% macro is_forgotten(table) -%}
    {% set register = adapter.get_relation(run_database(), "restricted", "forgotten_people") %}
    {% set columns = [contract_meta(table, "person"), "customer_id", "other_customer_id"] | select("in", table.columns) | unique | list %}
    {% if register is none or not columns %}{{ return("false") }}{% endif %}
    {% set conditions = [] %}
    {% for column in columns %}
        {% do conditions.append(
            digest("(select max(forgotten.salt) from " ~ register ~ " as forgotten) || delivered." ~ column)
            ~ " in (select forgotten.id_digest from " ~ register ~ " as forgotten)"
        ) %}
    {% endfor %}
    {{ return("coalesce(" ~ conditions | join(" or ") ~ ", false)") }}
{%- endmacro %}

{#- A cell under its own name, emptied where the row names somebody who was forgotten. -#}
{% macro erased_cell(name, forgotten) -%}
    {{ return(name if forgotten == "false" else "case when not _is_forgotten then " ~ name ~ " end as " ~ name) }}
{%- endmacro %}

{#- SHA-256 of a text in hexadecimal. -#}
{% macro digest(expression) -%}
    {{ return(adapter.dispatch("digest")(expression)) }}
{%- endmacro %}

{% macro default__digest(expression) -%}
    sha256({{ expression }})
{%- endmacro %}

{#- Type of the warehouse for a type of the contract. -#}
{% macro contract_type(data_type) -%}
    {{ return({
        "text": dbt.type_string(), "timestamp": "timestamp", "date": "date", "integer": "bigint",
        "decimal": "decimal(18, 4)", "boolean": "boolean",
    }[data_type]) }}
{%- endmacro %}

{#- New deliveries of a table, grouped by format and columns; each group with its reader. -#}
{% macro delivery_groups(source_name, table_name) -%}
    {% set frozen = load_relation(ref("base_deliveries")) %}
    {% if frozen is none or flags.WHICH not in ("build", "run", "retry") %}{{ return([]) }}{% endif %}
    {% set deliveries = frozen ~ " where source_name = '" ~ source_name ~ "' and table_name = '" ~ table_name ~ "'" %}
    {% if is_incremental() %}
        {% set deliveries = deliveries ~ " and delivery_version not in (select distinct _version from " ~ this ~ ")" %}
    {% endif %}
    {% do check_still_there(deliveries) %}
    {% set rejects = rejects_table(source_name, table_name) %}
    {% set alike = {} %}
    {% for row in run_query(
        "select format, columns_json, file_columns_json, location from " ~ deliveries ~ " order by location"
    ).rows %}
        {% do alike.setdefault((row.format, row.columns_json, row.file_columns_json), []).append("'" ~ sql_text(row.location) ~ "'") %}
    {% endfor %}
    {% set groups = [] %}
    {% for key, places in alike.items() %}
        {% set row = {"format": key[0], "columns_json": key[1], "file_columns_json": key[2], "locations": places | join(", ")} %}
        {% set columns = fromjson(row.columns_json) %}
        {% set file_columns = fromjson(row.file_columns_json) %}
        {% set group = {
            "columns": dict(columns),
            "delivery": "_location",
            "types": {},
            "raw_row": "{" ~ quoted_pairs(columns) ~ "}",
            "raw_text": "cast(to_json(_raw_row) as varchar)",
            "is_no_row": "false",
        } %}
        {% for column in file_columns %}{% do group.types.update({column[0] | lower: column[1]}) %}{% endfor %}
        {% if row.format == "csv" %}
            {% do group.update({"reader": csv_reader(row.locations, file_columns, rejects)}) %}
        {% elif row.format == "parquet" %}
            {% do group.update({"reader": parquet_reader(row.locations)}) %}
        {% elif row.format == "jsonl" %}
            {% set wanted = [] %}
            {% for column in file_columns if column[0] | lower in contract_table(source_name, table_name).columns %}
                {% do wanted.append(column) %}
            {% endfor %}
            {% do group.update({
                "reader": json_reader(row.locations, wanted, rejects),
                "raw_row": "coalesce(_object, cast(to_json({'line': line}) as varchar))",
                "raw_text": "_raw_row",
                "is_no_row": "_object is null",
            }) %}
        {% else %}
            {% do group.update(adapter.dispatch("raw_table_group")(source_name, table_name, group["columns"], row.locations)) %}
        {% endif %}
        {% do groups.append(group) %}
    {% endfor %}
    {{ return(groups) }}
{%- endmacro %}

{#- What a group of deliveries has of its own where they are rows of a table: its reader, and which delivery a row belongs to. -#}
{% macro default__raw_table_group(source_name, table_name, columns, locations) -%}
    {% set day = loaded_day("_loaded_at" in columns) %}
    {{ return({"reader": 'raw."' ~ source_name ~ '"."' ~ table_name ~ '" where ' ~ day ~ " in (" ~ locations ~ ")", "delivery": day}) }}
{%- endmacro %}

{#-
    Hash of the cells of a row: rows with equal hashes are taken for the same, and of two rows of one delivery with one key the greater
    hash counts. So it must be the same on every engine, and in every version of one: 60 bits of the MD5 of the cells as text.
-#}
{% macro row_hash(names) -%}
    {{ return(adapter.dispatch("row_hash")(cells_as_text(names))) }}
{%- endmacro %}

{#- `md5_number_lower` gives the same 64 bits, by way of a text of noughts and ones that takes three times as long. -#}
{% macro default__row_hash(text) -%}
    cast(md5_number({{ text }}) >> 68 as bigint)
{%- endmacro %}

{#- Cells in one text, with control characters for the borders between cells and for null. -#}
{% macro cells_as_text(names) -%}
    concat_ws(chr(31){% for name in names %}, coalesce({{ cell_as_text(adapter.quote(name)) }}, chr(30)){% endfor %})
{%- endmacro %}

{#- Stops the model with one line where a file went away between the listing and the reading. -#}
{% macro check_still_there(deliveries) -%}
    {% if not raw_is_database() %}
        {% set gone = run_query(
            "select delivery from (select * from " ~ deliveries ~ ") where location not in (select location from "
            ~ raw_files() ~ ") order by delivery"
        ).columns[0].values() %}
        {% if gone %}
            {% do exceptions.raise_compiler_error(
                gone | join(", ") ~ " was there when the run began and is gone. Run again once all files are in place."
            ) %}
        {% endif %}
    {% endif %}
{%- endmacro %}

{#- Table of this session that keeps the lines of a raw table that the reader could not take apart. -#}
{% macro rejects_table(source_name, table_name) -%}
    {{ return("unreadable_" ~ source_name ~ "__" ~ table_name) }}
{%- endmacro %}

{#- Verdict on a line that is no row: another number of fields than the header, or no JSON object. -#}
{% macro no_row_verdict() -%}
    {{ return("not_a_row|(row)") }}
{%- endmacro %}

{#-
    Post-hook of the base_ models: adds each line that the reader could not take apart as one rejected row with its text. What makes
    the rest of the file doubtful (its encoding, a quote that is never closed) stops the model instead.
-#}
{% macro land_unreadable_lines(source_name, table_name) -%}
    {{ return(adapter.dispatch("land_unreadable_lines")(source_name, table_name)) }}
{%- endmacro %}

{% macro default__land_unreadable_lines(source_name, table_name) -%}
    {% set rejects = rejects_table(source_name, table_name) %}
    {% if not execute or not run_query("select 1 from duckdb_tables() where temporary and table_name = '" ~ rejects ~ "'").rows %}
        {{ return("") }}
    {% endif %}
    {% set lines -%}
        (
            select
                deliveries.delivery,
                deliveries.delivery_version,
                deliveries.modified_at,
                min(rejects.line) as row_number,
                min(rejects.csv_line) as line,
                min(cast(rejects.error_type as varchar)) filter (
                    rejects.error_type not in ('MISSING COLUMNS', 'TOO MANY COLUMNS')
                ) as grave_error
            from {{ rejects }} as rejects
            inner join {{ rejects }}_scans as scans
                on rejects.scan_id = scans.scan_id
                and rejects.file_id = scans.file_id
            inner join {{ ref("base_deliveries") }} as deliveries
                on scans.file_path = deliveries.location
            group by
                deliveries.delivery,
                deliveries.delivery_version,
                deliveries.modified_at,
                rejects.line_byte_position
        )
    {%- endset %}
    {% set grave = run_query(
        "select delivery, row_number, grave_error from " ~ lines ~ " where grave_error is not null order by delivery, row_number limit 1"
    ).rows %}
    {% if grave %}{% do exceptions.raise_compiler_error(grave_error(grave[0][0], grave[0][1], grave[0][2])) %}{% endif %}
    insert into {{ this }} (_delivery, _version, _delivered_at, _row_hash, _reason, _reason_column, _raw)
    select
        delivery,
        delivery_version,
        modified_at,
        {{ row_hash(["line"]) }},
        split_part('{{ no_row_verdict() }}', '|', 1),
        split_part('{{ no_row_verdict() }}', '|', 2),
        cast(to_json({'row_number': row_number, 'line': line}) as varchar)
    from {{ lines }};
    drop table {{ rejects }};
    drop table {{ rejects }}_scans
{%- endmacro %}

{#- `'name': "name"` for each column: the fields of the row as it was delivered. -#}
{% macro quoted_pairs(columns) -%}
    {% set pairs = [] %}
    {% for column in columns %}{% do pairs.append("'" ~ sql_text(column[0]) ~ "': \"" ~ column[0].replace('"', '""') ~ '"') %}{% endfor %}
    {{ return(pairs | join(", ")) }}
{%- endmacro %}

{#- The fields of a row as it was delivered, as JSON text. -#}
{% macro cells_as_json(names) -%}
    {{ return(adapter.dispatch("cells_as_json")(names)) }}
{%- endmacro %}

{% macro default__cells_as_json(names) -%}
    {% set pairs = [] %}
    {% for name in names %}{% do pairs.append("'" ~ sql_text(name) ~ "': \"" ~ name.replace('"', '""') ~ '"') %}{% endfor %}
    {{ return("cast(to_json({" ~ pairs | join(", ") ~ "}) as varchar)") }}
{%- endmacro %}

{#- A column as it was delivered: empty text is null. -#}
{% macro landed_value(column, group) -%}
    {% if column.name not in group["columns"] %}{{ return("null") }}{% endif %}
    {% set value = adapter.quote(column.name) %}
    {{ return("nullif(trim(" ~ value ~ "), '')" if group["columns"][column.name] else value) }}
{%- endmacro %}

{#- Whether a column was delivered in the type of the contract, so that there is nothing to cast. -#}
{% macro is_delivered_typed(column, group) -%}
    {{ return(column.data_type != "text" and group.types.get(column.name) == {
        "timestamp": "TIMESTAMP", "date": "DATE", "integer": "BIGINT", "decimal": "DECIMAL(18,4)", "boolean": "BOOLEAN",
    }.get(column.data_type)) }}
{%- endmacro %}

{#-
    The typed value, null where it does not cast. Integers must be whole; a time with an offset is brought to UTC.
-#}
{% macro landed_cast(column, group) -%}
    {% set value = landed_value(column, group) %}
    {% set type = contract_type(column.data_type) %}
    {% if value == "null" %}{{ return("cast(null as " ~ type ~ ")") }}{% endif %}
    {% if is_delivered_typed(column, group) %}{{ return(value) }}{% endif %}
    {% if column.data_type == "text" and group["columns"][column.name] %}{{ return(value) }}{% endif %}
    {% if column.data_type == "text" %}{{ return(as_text("nullif(trim(" ~ as_text(value) ~ "), '')")) }}{% endif %}
    {{ return(cast_or_null(value, column.data_type)) }}
{%- endmacro %}

{#- A delivered value as a type of the contract, null where it does not cast. -#}
{% macro cast_or_null(value, data_type) -%}
    {{ return(adapter.dispatch("cast_or_null")(value, data_type)) }}
{%- endmacro %}

{% macro default__cast_or_null(value, data_type) -%}
    {% if data_type == "timestamp" %}{{ return("try_cast(" ~ value ~ " as timestamptz) at time zone 'UTC'") }}{% endif %}
    {% if data_type == "integer" %}
        {{ return("case when try_cast(" ~ value ~ " as decimal(38, 6)) = try_cast(" ~ value ~ " as bigint) then try_cast(" ~ value ~ " as bigint) end") }}
    {% endif %}
    {{ return("try_cast(" ~ value ~ " as " ~ contract_type(data_type) ~ ")") }}
{%- endmacro %}

{#- True where a delivered value did not cast. -#}
{% macro landed_failure(column, group) -%}
    {% set value = landed_value(column, group) %}
    {% if value == "null" or column.data_type == "text" or is_delivered_typed(column, group) %}{{ return("false") }}{% endif %}
    {{ return(value ~ " is not null and " ~ landed_cast(column, group) ~ " is null") }}
{%- endmacro %}

{#- The branches of a case that say why a row is refused because of one column: 'reason|column'. -#}
{% macro landed_reason(column) -%}
    {% set name = adapter.quote(column.name) %}
    {% set minimum = contract_meta(column, "min") %}
    {% set maximum = contract_meta(column, "max") %}
    {% set is_time = column.data_type in ("timestamp", "date") %}
    {% if column.data_type != "text" %}
                when {{ adapter.quote("_failed_" ~ column.name) }} then 'not_a_{{ column.data_type }}|{{ column.name }}'
    {%- endif %}
    {%- if contract_meta(column, "required") and not contract_meta(column, "nullable") %}
                when {{ name }} is null then 'null_in_required_column|{{ column.name }}'
    {%- endif %}
    {%- if is_time and column.name != "_loaded_at" %}
                when {{ name }} < {{ column.data_type }} '{{ minimum or "1990-01-01" }}' then 'out_of_range|{{ column.name }}'
        {%- if contract_meta(column, "may_be_future") %}
                when {{ name }} > {{ column.data_type }} '2090-01-01' then 'out_of_range|{{ column.name }}'
        {%- else %}
                when {{ name }} > _delivered_at + interval '1 day' then 'later_than_delivery|{{ column.name }}'
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
