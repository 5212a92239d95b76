{#-
    A delivery is what arrives as one piece and can be replaced or withdrawn as one piece: a file, or, of an attached
    table, the rows loaded on one day (all rows where it has no `_loaded_at`).

    Each delivery is a dictionary: source_name, table_name, delivery (path below the raw location), location (path as it is
    read), format, size_bytes, modified_at (text, UTC), columns (list of [name, is_text]).
-#}
{% macro list_deliveries() -%}
    {{ return(list_database_deliveries() if raw_is_database() else list_file_deliveries()) }}
{%- endmacro %}

{% macro list_file_deliveries() -%}
    {% set names = [] %}
    {% for node in contract_tables() %}
        {% do names.append("('" ~ node.source_name ~ "', '" ~ node.name ~ "')") %}
    {% endfor %}
    {% set found = run_query(
        "with files as (
            select
                filename as location,
                substr(filename, length('" ~ raw_location() ~ "') + 2) as delivery,
                size as size_bytes,
                cast(last_modified at time zone 'UTC' as varchar) as modified_at
            from read_blob('" ~ raw_location() ~ "/**/*')
        ),
        named as (
            select
                *,
                split_part(delivery, '/', 1) as source_name,
                regexp_replace(split_part(delivery, '/', 2), '\\.[^.]*$', '') as table_name,
                lower(regexp_extract(delivery, '\\.([^./]*)$', 1)) as format
            from files
        )
        select source_name, table_name, delivery, location, format, size_bytes, modified_at
        from named
        where (source_name, table_name) in (" ~ names | join(", ") ~ ")
            and format in ('csv', 'parquet', 'jsonl')
        order by source_name, table_name, delivery"
    ) %}
    {% set deliveries = [] %}
    {% for row in found.rows %}
        {% do deliveries.append(dict(row.dict())) %}
    {% endfor %}
    {% do add_file_columns(deliveries) %}
    {{ return(deliveries) }}
{%- endmacro %}

{#- Adds `columns` to each file: from its header (CSV), its schema (Parquet) or its keys (JSON lines), and from its path. -#}
{% macro add_file_columns(deliveries) -%}
    {% for delivery in deliveries %}
        {% set columns = [] %}
        {% if delivery.format == "csv" %}
            {% set header = run_query(
                "select line from read_csv('" ~ sql_text(delivery.location) ~ "', auto_detect = false, header = false, "
                ~ "columns = {'line': 'VARCHAR'}, delim = chr(31), quote = '', escape = '', "
                ~ "encoding = '" ~ var("csv_format").encoding ~ "') limit 1"
            ) %}
            {% if header.rows | length > 0 and header.rows[0][0] is not none %}
                {% for name in header.rows[0][0].split(var("csv_format").delimiter) %}
                    {% do columns.append([name.strip().strip(var("csv_format").quote), true]) %}
                {% endfor %}
            {% endif %}
        {% elif delivery.format == "parquet" %}
            {% for row in run_query(
                "select name, type = 'BYTE_ARRAY' from parquet_schema('" ~ sql_text(delivery.location) ~ "') where type is not null"
            ).rows %}
                {% do columns.append([row[0], row[1]]) %}
            {% endfor %}
        {% else %}
            {% for row in run_query(
                "describe select * from read_json('" ~ sql_text(delivery.location)
                ~ "', format = 'newline_delimited', maximum_depth = 1, sample_size = -1)"
            ).rows %}
                {% do columns.append([row[0], true]) %}
            {% endfor %}
        {% endif %}
        {% do delivery.update({"file_columns": columns | list}) %}
        {% for part in delivery.delivery.split("/")[:-1] if "=" in part %}
            {% do columns.append([part.split("=")[0], true]) %}
        {% endfor %}
        {% do delivery.update({"columns": columns}) %}
    {% endfor %}
{%- endmacro %}

{#- Attaches the raw database and lists, per contract table, one delivery a loading day. -#}
{% macro list_database_deliveries() -%}
    {% do run_query("attach if not exists '" ~ sql_text(raw_location()) ~ "' as raw (read_only)") %}
    {% set deliveries = [] %}
    {% for node in contract_tables() %}
        {% set columns = [] %}
        {% for row in run_query(
            "select column_name, data_type = 'VARCHAR' from duckdb_columns() where database_name = 'raw' and schema_name = '"
            ~ node.source_name ~ "' and table_name = '" ~ node.name ~ "' order by column_index"
        ).rows %}
            {% do columns.append([row[0], row[1]]) %}
        {% endfor %}
        {% if columns | length > 0 %}
            {% set relation = 'raw."' ~ node.source_name ~ '"."' ~ node.name ~ '"' %}
            {% set has_loaded_at = "_loaded_at" in columns | map("first") | list %}
            {% if not has_loaded_at %}
                {% do log("The table " ~ node.source_name ~ "." ~ node.name ~ " has no _loaded_at: it is landed anew on every run.") %}
            {% endif %}
            {% set days = run_query(
                "select cast(cast(" ~ ("_loaded_at" if has_loaded_at else "null") ~ " as date) as varchar) as loaded_day, "
                ~ "count(*) as row_count, cast(max(" ~ ("_loaded_at" if has_loaded_at else "get_current_timestamp()")
                ~ ") as varchar) as modified_at from " ~ relation ~ " group by 1 order by 1"
            ) %}
            {% set rows = days.rows if days.rows | length > 0 else [[none, 0, run_started_at | string]] %}
            {% for row in rows %}
                {% do deliveries.append({
                    "source_name": node.source_name,
                    "table_name": node.name,
                    "delivery": node.source_name ~ "." ~ node.name ~ (" loaded " ~ row[0] if row[0] else ""),
                    "location": row[0] or "",
                    "format": "database",
                    "size_bytes": row[1] | int,
                    "modified_at": (row[2] or run_started_at) | string,
                    "columns": columns,
                    "file_columns": columns,
                }) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {{ return(deliveries) }}
{%- endmacro %}

{#- A text as it stands between single quotes. -#}
{% macro sql_text(text) -%}
    {{ return((text | string).replace("'", "''")) }}
{%- endmacro %}

{#- Select that gives the deliveries as rows: the list frozen for this run. -#}
{% macro deliveries_table() -%}
    {% set deliveries = list_deliveries() if execute and flags.WHICH in ("build", "run", "test", "retry", "snapshot") else [] %}
    {% for delivery in deliveries %}
        {%- set table = contract_table(delivery.source_name, delivery.table_name) -%}
        select
            '{{ delivery.source_name }}' as source_name,
            '{{ delivery.table_name }}' as table_name,
            '{{ sql_text(delivery.delivery) }}' as delivery,
            '{{ sql_text(delivery.location) }}' as location,
            '{{ delivery.format }}' as format,
            cast({{ delivery.size_bytes }} as bigint) as size_bytes,
            cast(cast('{{ delivery.modified_at }}' as timestamptz) at time zone 'UTC' as timestamp) as modified_at,
            '{{ sql_text(tojson(delivery.columns)) }}' as columns_json,
            '{{ sql_text(tojson(delivery.file_columns)) }}' as file_columns_json,
            '{{ local_md5(
                raw_location() ~ delivery.delivery ~ delivery.size_bytes ~ delivery.modified_at ~ table.columns | string
            )[:16] }}' as delivery_version
        {{ "union all" if not loop.last }}
    {% else %}
        select
            cast(null as varchar) as source_name,
            cast(null as varchar) as table_name,
            cast(null as varchar) as delivery,
            cast(null as varchar) as location,
            cast(null as varchar) as format,
            cast(null as bigint) as size_bytes,
            cast(null as timestamp) as modified_at,
            cast(null as varchar) as columns_json,
            cast(null as varchar) as file_columns_json,
            cast(null as varchar) as delivery_version
        where false
    {% endfor %}
{%- endmacro %}

{#-
    Stops the run before anything is built when a delivered table lacks a required column or nothing names a person.
    Runs on-run-start, and alone as `dbt run-operation check_contract`.
-#}
{% macro check_contract() -%}
    {% if execute and flags.WHICH in ("build", "run", "snapshot", "run-operation", "retry") %}
        {% set faults = [] %}
        {% set people = [] %}
        {% for delivery in list_deliveries() %}
            {% set table = contract_table(delivery.source_name, delivery.table_name) %}
            {% set name = delivery.source_name ~ "." ~ delivery.table_name %}
            {% set delivered = delivery.columns | map("first") | list %}
            {% if delivery.format == "csv" and delivery.size_bytes == 0 %}
                {% do faults.append(name ~ ": the file " ~ delivery.delivery ~ " is empty, it lacks even a header. Deliver a header, or remove the file.") %}
            {% else %}
                {% if contract_meta(table, "person") %}{% do people.append(name) %}{% endif %}
                {% for column in table.columns.values() if contract_meta(column, "required") and column.name not in delivered %}
                    {% if delivery.format != "jsonl" or delivered | length > 0 %}
                        {% do faults.append(
                            name ~ ": the required column " ~ column.name ~ " is missing in " ~ delivery.delivery
                            ~ ", which has: " ~ delivered | join(", ")
                            ~ (". Is the delimiter not '" ~ var("csv_format").delimiter ~ "'? The var csv_format states it."
                                if delivery.format == "csv" and delivered | length == 1 else ".")
                        ) %}
                    {% endif %}
                {% endfor %}
            {% endif %}
        {% endfor %}
        {% if not people and not faults %}
            {% do faults.append(
                "no table that names people lies in " ~ raw_location()
                ~ ". Bring at least crm/customers or sales/orders (.csv, .parquet, .jsonl), or set SCORING_RAW to where they are."
            ) %}
        {% endif %}
        {% if faults %}
            {% do exceptions.raise_compiler_error("The raw data do not keep the contract:\n  " ~ faults | join("\n  ")) %}
        {% endif %}
    {% endif %}
{%- endmacro %}
