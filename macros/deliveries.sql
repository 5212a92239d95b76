{#-
    A delivery is what arrives as one piece and can be replaced or withdrawn as one piece: a file, or, of a table of a
    database, the rows loaded on one day (all rows where it has no `_loaded_at`).

    Each delivery is a dictionary: source_name, table_name, delivery (path below the raw location), location (path as it is
    read), format, size_bytes, modified_at (text, UTC), columns (list of [name, is_text]).
-#}
{% macro list_deliveries() -%}
    {{ return(adapter.dispatch("list_deliveries")()) }}
{%- endmacro %}

{% macro default__list_deliveries() -%}
    {{ return(list_database_deliveries() if raw_is_database() else list_file_deliveries()) }}
{%- endmacro %}

{% macro list_file_deliveries() -%}
    {% set names = [] %}
    {% for node in contract_tables() %}
        {% do names.append("('" ~ node.source_name ~ "', '" ~ node.name ~ "')") %}
    {% endfor %}
    {% set files = run_query(
        "select source_name, table_name, delivery, location, format from " ~ raw_files() ~ " where (source_name, table_name) in ("
        ~ names | join(", ") ~ ") and format in ('csv', 'parquet', 'jsonl') order by source_name, table_name, delivery"
    ).rows %}
    {% set deliveries = [] %}
    {% if files %}
        {% set locations = [] %}
        {% for file in files %}{% do locations.append("'" ~ sql_text(file.location) ~ "'") %}{% endfor %}
        {% set facts = {} %}
        {% for row in run_query(
            "select filename, size, cast(last_modified at time zone 'UTC' as varchar) from read_blob([" ~ locations | join(", ") ~ "])"
        ).rows %}
            {% do facts.update({row[0]: {"size_bytes": row[1], "modified_at": row[2]}}) %}
        {% endfor %}
        {% set headers = csv_headers(files | selectattr("format", "equalto", "csv") | map(attribute="location") | list) %}
        {% for file in files %}
            {% do deliveries.append(dict(file.dict(), **facts[file.location])) %}
            {% do add_file_columns(deliveries[-1], headers.get(file.location)) %}
        {% endfor %}
    {% endif %}
    {{ return(deliveries) }}
{%- endmacro %}

{#- Relation of all files below the raw location: location, delivery (path below it), source_name, table_name, format (suffix). -#}
{% macro raw_files() -%}
    {% set folder = sql_text(raw_location()) ~ "/" %}
    {{ return(
        "(select *, split_part(delivery, '/', 1) as source_name, "
        ~ "case when delivery like '%/%/%' then split_part(delivery, '/', 2) "
        ~ "else regexp_replace(split_part(delivery, '/', 2), '[.][^.]*$', '') end as table_name, "
        ~ "lower(regexp_extract(delivery, '[.]([^./]*)$', 1)) as format "
        ~ "from (select substr(file, strpos(file, '" ~ folder ~ "')) as location, substr(file, strpos(file, '" ~ folder ~ "') + length('"
        ~ folder ~ "')) as delivery from glob('" ~ glob_text(raw_location()) ~ "/**/*')))"
    ) }}
{%- endmacro %}

{#-
    Adds to a file its columns: `file_columns`, [name, type] as they stand in it, and `columns`, [name in lower case, is text], with
    those that its folders name. An empty file of JSON lines says that nothing happened, as a header alone does.
-#}
{% macro add_file_columns(delivery, header) -%}
    {% set file_columns = [] %}
    {% if delivery.format == "csv" %}
        {% set file_columns = csv_columns(header) %}
    {% elif delivery.format == "jsonl" %}
        {% set file_columns = json_columns(delivery.location) or required_columns(contract_table(delivery.source_name, delivery.table_name)) %}
    {% elif delivery.size_bytes > 0 %}
        {% set file_columns = parquet_columns(delivery.location) %}
    {% endif %}
    {% set columns = [] %}
    {% for column in file_columns %}{% do columns.append([column[0] | lower, column[1] == "VARCHAR"]) %}{% endfor %}
    {% for part in delivery.delivery.split("/")[:-1] if "=" in part %}
        {% do columns.append([part.split("=")[0] | lower, true]) %}
    {% endfor %}
    {% do delivery.update({"file_columns": file_columns, "columns": columns}) %}
{%- endmacro %}

{#- The columns that every delivery of a table must have, as a list of [name, type]. -#}
{% macro required_columns(table) -%}
    {% set columns = [] %}
    {% for column in table.columns.values() if contract_meta(column, "required") %}{% do columns.append([column.name, "VARCHAR"]) %}{% endfor %}
    {{ return(columns) }}
{%- endmacro %}

{#- Attaches the raw database and lists, per contract table, one delivery a loading day. -#}
{% macro list_database_deliveries() -%}
    {% if not run_query("select 1 from glob('" ~ glob_text(raw_location()) ~ "')").rows %}
        {% do exceptions.raise_compiler_error("There is no database " ~ raw_location() ~ ". Set SCORING_RAW to where the raw data are.") %}
    {% endif %}
    {% do run_query("attach if not exists '" ~ sql_text(raw_location()) ~ "' as raw (read_only)") %}
    {% set deliveries = [] %}
    {% for node in contract_tables() %}
        {% set file_columns = [] %}
        {% set columns = [] %}
        {% for row in run_query(
            "select column_name, data_type from duckdb_columns() where database_name = 'raw' and schema_name = '"
            ~ node.source_name ~ "' and table_name = '" ~ node.name ~ "' order by column_index"
        ).rows %}
            {% do file_columns.append([row[0], row[1]]) %}
            {% do columns.append([row[0] | lower, row[1] == "VARCHAR"]) %}
        {% endfor %}
        {% if columns | length > 0 %}
            {% set relation = 'raw."' ~ node.source_name ~ '"."' ~ node.name ~ '"' %}
            {% set has_loaded_at = "_loaded_at" in columns | map("first") | list %}
            {% if not has_loaded_at %}
                {% do log("The table " ~ node.source_name ~ "." ~ node.name ~ " has no _loaded_at: it is landed anew on every run.") %}
            {% endif %}
            {% set days = run_query(
                "select " ~ loaded_day(has_loaded_at) ~ " as loaded_day, count(*) as row_count, cast(max("
                ~ ("try_cast(_loaded_at as timestamptz)" if has_loaded_at else "get_current_timestamp()")
                ~ ") as varchar) as modified_at from " ~ relation ~ " group by 1 order by 1"
            ) %}
            {% do deliveries.extend(deliveries_of_table(node, days.rows, columns, file_columns)) %}
        {% endif %}
    {% endfor %}
    {{ return(deliveries) }}
{%- endmacro %}

{#-
    Deliveries of one raw table of a database; a table without rows is one, too.

    rows      location of the delivery, its number of rows, when it was last changed
    is_named  whether the location is the name of the delivery
-#}
{% macro deliveries_of_table(node, rows, columns, file_columns, is_named=false) -%}
    {% set deliveries = [] %}
    {% for row in (rows if rows | length > 0 else [["", 0, run_started_at | string]]) %}
        {% do deliveries.append({
            "source_name": node.source_name,
            "table_name": node.name,
            "delivery": row[0] if is_named else node.source_name ~ "." ~ node.name ~ (" loaded " ~ row[0] if row[0] else ""),
            "location": row[0],
            "format": "database",
            "size_bytes": row[1] | int,
            "modified_at": (row[2] or run_started_at) | string,
            "columns": columns,
            "file_columns": file_columns,
        }) %}
    {% endfor %}
    {{ return(deliveries) }}
{%- endmacro %}

{#- Day on which a row of an attached table was loaded, as text; empty where that is not known. -#}
{% macro loaded_day(has_loaded_at) -%}
    {{ return("coalesce(cast(cast(try_cast(_loaded_at as timestamptz) at time zone 'UTC' as date) as varchar), '')" if has_loaded_at else "''") }}
{%- endmacro %}

{#- A moment from its text, which may carry an offset, as UTC. -#}
{% macro utc_moment(text) -%}
    {{ return(adapter.dispatch("utc_moment")(text)) }}
{%- endmacro %}

{% macro default__utc_moment(text) -%}
    cast(cast('{{ text }}' as timestamptz) at time zone 'UTC' as timestamp)
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
            {{ utc_moment(delivery.modified_at) }} as modified_at,
            '{{ sql_text(tojson(delivery.columns)) }}' as columns_json,
            '{{ sql_text(tojson(delivery.file_columns)) }}' as file_columns_json,
            '{{ local_md5(
                raw_location() ~ delivery.delivery ~ delivery.size_bytes ~ delivery.modified_at ~ table.columns | string
            )[:16] }}' as delivery_version
        {{ "union all" if not loop.last }}
    {% else %}
        select
            {{ as_text("null") }} as source_name,
            {{ as_text("null") }} as table_name,
            {{ as_text("null") }} as delivery,
            {{ as_text("null") }} as location,
            {{ as_text("null") }} as format,
            cast(null as bigint) as size_bytes,
            cast(null as timestamp) as modified_at,
            {{ as_text("null") }} as columns_json,
            {{ as_text("null") }} as file_columns_json,
            {{ as_text("null") }} as delivery_version
        where false
    {% endfor %}
{%- endmacro %}
