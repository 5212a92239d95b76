{#-
    Raw data as tables of the engine, for engines that do not read files themselves.

    Raw tables lie in the schemas that the sources name (raw_crm, raw_sales, …), one per table of the contract, cells as text or typed.
    They may have columns of their own:

    _delivery     what arrived as one piece, for example the path of a file; else the rows loaded on one day are a delivery
    _modified_at  when it was last changed; else the latest `_loaded_at`, else now
    _raw          the row as it was delivered, as JSON text; else it is made from the cells
    _is_no_row    true for a line that the loader could not take apart, whose cells are null
-#}
{#- The raw table of a source node, none where it is absent. -#}
{% macro raw_relation(node) -%}
    {{ return(adapter.get_relation(database=run_database(), schema=node.schema, identifier=node.identifier)) }}
{%- endmacro %}

{#- The delivery that a row of a raw table belongs to, as text. -#}
{% macro raw_delivery(columns) -%}
    {% if "_delivery" in columns %}{{ return("coalesce(_delivery, '')") }}{% endif %}
    {% if "_loaded_at" in columns %}
        {{ return("coalesce(" ~ as_text("cast(" ~ cast_or_null("_loaded_at", "timestamp") ~ " as date)") ~ ", '')") }}
    {% endif %}
    {{ return("''") }}
{%- endmacro %}

{#- When the latest of the rows of a raw table was changed, as text with its offset. -#}
{% macro raw_modified_at(columns) -%}
    {% if "_modified_at" in columns %}{{ return(as_text("max(_modified_at)")) }}{% endif %}
    {% if "_loaded_at" in columns %}
        {{ return(as_text("max(" ~ cast_or_null("_loaded_at", "timestamp") ~ ")") ~ " || '+00'") }}
    {% endif %}
    {{ return(as_text("current_timestamp")) }}
{%- endmacro %}

{#- One delivery per piece of each raw table that is there. -#}
{% macro list_raw_tables() -%}
    {% set deliveries = [] %}
    {% for node in contract_tables() %}
        {% set relation = raw_relation(node) %}
        {% if relation is not none %}
            {% set names = [] %}
            {% set columns = [] %}
            {% set file_columns = [] %}
            {% for column in adapter.get_columns_in_relation(relation) %}
                {% do names.append(column.name) %}
                {% if column.name not in ("_delivery", "_modified_at", "_raw", "_is_no_row") %}
                    {% do columns.append([column.name, column.is_string() or column.dtype == "string"]) %}
                    {% do file_columns.append([column.name, column.data_type]) %}
                {% endif %}
            {% endfor %}
            {% set rows = run_query(
                "select " ~ raw_delivery(names) ~ ", count(*), " ~ raw_modified_at(names) ~ " from " ~ relation ~ " group by 1 order by 1"
            ).rows %}
            {% do deliveries.extend(deliveries_of_table(node, rows, columns, file_columns, "_delivery" in names)) %}
        {% endif %}
    {% endfor %}
    {{ return(deliveries) }}
{%- endmacro %}

{#- The rows of a raw table as a group for the landing: its reader, and what each row carries. -#}
{% macro raw_table_rows(source_name, table_name, columns, locations) -%}
    {% set relation = raw_relation(contract_table(source_name, table_name)) %}
    {% set names = adapter.get_columns_in_relation(relation) | map(attribute="name") | list %}
    {{ return({
        "reader": relation ~ " where " ~ raw_delivery(names) ~ " in (" ~ locations ~ ")",
        "delivery": raw_delivery(names),
        "raw_row": as_text("_raw") if "_raw" in names else cells_as_json(columns | list),
        "raw_text": "_raw_row",
        "is_no_row": "coalesce(_is_no_row, false)" if "_is_no_row" in names else "false",
    }) }}
{%- endmacro %}
