{#-
    The raw contract is the sources' YAML. These macros read it from the graph, so they give nothing while dbt parses:
    models that need them are the mechanical base_ models.
-#}

{#- Tables of the contract in the order of their names: a list of source nodes. -#}
{% macro contract_tables() -%}
    {{ return(graph.sources.values() | sort(attribute="unique_id") | list if execute else []) }}
{%- endmacro %}

{#- The source node of one table. By its id: dbt makes a dictionary of each node that is looked at. -#}
{% macro contract_table(source_name, table_name) -%}
    {% set node = graph.sources.get("source." ~ project_name ~ "." ~ source_name ~ "." ~ table_name) %}
    {% if node is none %}
        {% do exceptions.raise_compiler_error("The contract has no table " ~ source_name ~ "." ~ table_name ~ ".") %}
    {% endif %}
    {{ return(node) }}
{%- endmacro %}

{#- One key of the meta of a column or table, wherever dbt keeps it. -#}
{% macro contract_meta(thing, key, default=none) -%}
    {{ return((thing.config.meta or {}).get(key, (thing.meta or {}).get(key, default))) }}
{%- endmacro %}

{#- Folder or database that raw data lies in. -#}
{% macro raw_location() -%}
    {{ return(adapter.dispatch("raw_location")()) }}
{%- endmacro %}

{% macro default__raw_location() -%}
    {{ return(env_var("SCORING_RAW", "data/sample").rstrip("/").replace("//", "/")) }}
{%- endmacro %}

{#- Whether raw data are tables of a database rather than files. -#}
{% macro raw_is_database() -%}
    {{ return(adapter.dispatch("raw_is_database")()) }}
{%- endmacro %}

{% macro default__raw_is_database() -%}
    {{ return(raw_location().endswith(".duckdb")) }}
{%- endmacro %}

{#- Select that gives every column of the contract as a row, with whether any delivery has it. -#}
{% macro contract_columns_table() -%}
    with

    deliveries as (
        select * from {{ ref("base_deliveries") }}
    ),

    contract_columns as (
        {% for node in contract_tables() %}
            {%- set outer = loop -%}
            {%- for column in node.columns.values() %}
        select
            '{{ node.source_name }}' as source_name,
            '{{ node.name }}' as table_name,
            '{{ column.name }}' as column_name,
            {{ "true" if contract_meta(column, "required") else "false" }} as is_required,
            {{ "true" if contract_meta(column, "pii") else "false" }} as is_pii,
            '{{ contract_meta(column, "past", "known_at " ~ contract_meta(column, "known_at") if contract_meta(column, "known_at") else "event") }}' as past
        {{ "union all" if not (outer.last and loop.last) }}
            {%- endfor %}
        {% else %}
        select
            {{ as_text("null") }} as source_name,
            {{ as_text("null") }} as table_name,
            {{ as_text("null") }} as column_name,
            cast(null as boolean) as is_required,
            cast(null as boolean) as is_pii,
            {{ as_text("null") }} as past
        where false
        {% endfor %}
    )

    select
        contract_columns.*,
        coalesce(
            max(
                case when deliveries.columns_json like '%["' || contract_columns.column_name || '",%' then 1 else 0 end
            ),
            0
        ) = 1 as is_delivered
    from contract_columns
    left join deliveries
        on contract_columns.source_name = deliveries.source_name
        and contract_columns.table_name = deliveries.table_name
    group by
        contract_columns.source_name,
        contract_columns.table_name,
        contract_columns.column_name,
        contract_columns.is_required,
        contract_columns.is_pii,
        contract_columns.past
{%- endmacro %}

{#-
    Stops the run before anything is built when a delivery does not keep the contract as a whole, or nothing names a person.
    Runs on-run-start, and alone as `dbt run-operation check_contract`.
-#}
{% macro check_contract() -%}
    {% if execute and flags.WHICH in ("build", "run", "snapshot", "run-operation", "retry") %}
        {% set faults = folder_faults() if not raw_is_database() else [] %}
        {% set people = [] %}
        {% set deliveries = list_deliveries() %}
        {% for delivery in deliveries %}
            {% do faults.extend(delivery_faults(delivery)) %}
            {% if contract_meta(contract_table(delivery.source_name, delivery.table_name), "person") %}
                {% do people.append(delivery.delivery) %}
            {% endif %}
        {% endfor %}
        {% do log_withdrawn_tables(deliveries) %}
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

{#- Logs which tables the last run had and this one has not: withdrawn on purpose, or a folder that is out of reach. -#}
{% macro log_withdrawn_tables(deliveries) -%}
    {% set frozen = built_relation("base_deliveries") %}
    {% if frozen is not none %}
        {% set present = [] %}
        {% for delivery in deliveries %}{% do present.append(delivery.source_name ~ "." ~ delivery.table_name) %}{% endfor %}
        {% set withdrawn = run_query(
            "select distinct source_name || '.' || table_name from " ~ frozen ~ " order by 1"
        ).columns[0].values() | reject("in", present) | list %}
        {% if withdrawn %}
            {% do log("Not delivered any more, so that its rows are withdrawn: " ~ withdrawn | join(", ") ~ ".", info=true) %}
        {% endif %}
    {% endif %}
{%- endmacro %}

{#- Files of a contract table that no reader knows: a list of messages. Logs which files belong to no table. -#}
{% macro folder_faults() -%}
    {% set faults = [] %}
    {% if var("csv_format").encoding not in ("utf-8", "utf-16", "latin-1") %}
        {% do faults.append("the var csv_format has the encoding " ~ var("csv_format").encoding ~ "; the reader knows utf-8, utf-16 and latin-1.") %}
    {% endif %}
    {% set tables = [] %}
    {% for node in contract_tables() %}{% do tables.append(node.source_name ~ "." ~ node.name) %}{% endfor %}
    {% set others = [] %}
    {% for row in run_query(
        "select delivery, source_name || '.' || split_part(table_name, '.', 1), format from " ~ raw_files() ~ " order by delivery"
    ).rows %}
        {% set delivery, name, format = row[0], row[1], row[2] %}
        {% if name in tables and format in ("gz", "bz2", "xz", "zst", "zip", "json", "ndjson", "tsv", "xls", "xlsx", "avro", "orc") %}
            {% do faults.append(
                name ~ ": " ~ delivery ~ " cannot be read. Deliver .csv, .parquet or .jsonl, not compressed, or remove the file."
            ) %}
        {% elif name in tables and ("*" in delivery or "?" in delivery) %}
            {% do faults.append(name ~ ": " ~ delivery ~ " has a * or ? in its name, which would match other files. Rename it.") %}
        {% elif name not in tables and format in ("csv", "parquet", "jsonl") %}
            {% do others.append(delivery) %}
        {% endif %}
    {% endfor %}
    {% if others %}
        {% do log(
            "Not read, since the contract has no such table: " ~ others[:5] | join(", ")
            ~ (" and " ~ (others | length - 5) ~ " more" if others | length > 5 else "")
            ~ ". A table lies at <source>/<table>.csv or below <source>/<table>/.",
            info=true
        ) %}
    {% endif %}
    {{ return(faults) }}
{%- endmacro %}

{#- What is wrong with one delivery as a whole: a list of messages. -#}
{% macro delivery_faults(delivery) -%}
    {% set table = contract_table(delivery.source_name, delivery.table_name) %}
    {% set name = delivery.source_name ~ "." ~ delivery.table_name %}
    {% set delivered = delivery.columns | map("first") | list %}
    {% set own = delivery.file_columns | map("first") | map("lower") | list %}
    {% if not own %}
        {{ return([
            name ~ ": the file " ~ delivery.delivery ~ " is empty, it lacks even a header. Deliver a header, or remove the file."
        ]) }}
    {% endif %}
    {% set missing = required_columns(table) | map("first") | reject("in", delivered) | list %}
    {% if missing and delivery.format == "csv" and ("\0" in delivered | join or not header_is_text(delivery.location)) %}
        {{ return([name ~ ": " ~ grave_error(delivery.delivery, 1, "INVALID ENCODING")]) }}
    {% endif %}
    {% set faults = [] %}
    {% if missing %}
        {% do faults.append(
            name ~ ": the required column" ~ ("s " if missing | length > 1 else " ") ~ missing | join(", ")
            ~ (" are" if missing | length > 1 else " is") ~ " missing in " ~ delivery.delivery ~ ", which has: " ~ delivered | join(", ")
            ~ (". Is the delimiter not '" ~ var("csv_format").delimiter ~ "'? The var csv_format states it."
                if delivery.format == "csv" and own | length == 1 else ".")
        ) %}
    {% endif %}
    {% for column in own | unique if own.count(column) > 1 %}
        {% do faults.append(name ~ ": " ~ delivery.delivery ~ " has the column " ~ column ~ " " ~ own.count(column) ~ " times. Keep one.") %}
    {% endfor %}
    {% for column in delivery.file_columns if column[0] | lower in table.columns and is_nested(column[1]) %}
        {% do faults.append(
            name ~ ": the column " ~ column[0] ~ " of " ~ delivery.delivery ~ " is of type " ~ column[1]
            ~ ", where the contract has the type " ~ table.columns[column[0] | lower].data_type
            ~ ". Deliver one plain value per row."
        ) %}
    {% endfor %}
    {{ return(faults) }}
{%- endmacro %}

{#- Whether a type of the reader holds more than one value. -#}
{% macro is_nested(type) -%}
    {{ return(type.endswith("]") or type.split("(")[0] in ("STRUCT", "MAP", "UNION")) }}
{%- endmacro %}

{#- Whether the first line of a CSV file is text in the stated encoding. Reads the whole file: only for one that is refused anyway. -#}
{% macro header_is_text(location) -%}
    {% do run_query(
        "select count(line) from " ~ line_reader("'" ~ sql_text(location) ~ "'", var("csv_format").encoding, kept_rejects("unreadable_header"))
    ) %}
    {% set broken = run_query("select 1 from unreadable_header where line = 1 and error_type = 'INVALID ENCODING'").rows %}
    {% do run_query("drop table unreadable_header; drop table unreadable_header_scans") %}
    {{ return(not broken) }}
{%- endmacro %}

{#- What is wrong with a file from one row on, and what to do about it. A line feed inside quotes begins no row. -#}
{% macro grave_error(delivery, row_number, error_type) -%}
    {% set is_json = delivery.lower().endswith(".jsonl") %}
    {% set encoding = "utf-8" if is_json else var("csv_format").encoding %}
    {% set said = {
        "INVALID ENCODING": "is not " ~ encoding ~ " text. Save the file as " ~ encoding
            ~ ("." if is_json else ", or state its encoding in the var csv_format."),
        "UNQUOTED VALUE": "has a quote that is not closed, or text after a closing quote. Double the quotes that stand inside a cell.",
        "LINE SIZE OVER MAXIMUM": "is longer than 2 MB. Is a quote not closed, or is the file no text?",
    } %}
    {{ return(
        delivery ~ ", row " ~ row_number ~ (" " if is_json else " (the header is row 1) ")
        ~ said.get(error_type, "cannot be read (" ~ error_type | lower ~ "). Correct it.")
    ) }}
{%- endmacro %}
