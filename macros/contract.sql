{#-
    The raw contract is the sources' YAML. These macros read it from the graph, so they give nothing while dbt parses:
    models that need them are the mechanical base_ models.
-#}

{#- Tables of the contract in the order of their names: a list of source nodes. -#}
{% macro contract_tables() -%}
    {{ return(graph.sources.values() | sort(attribute="unique_id") | list if execute else []) }}
{%- endmacro %}

{#- The source node of one table. -#}
{% macro contract_table(source_name, table_name) -%}
    {% for node in contract_tables() if node.source_name == source_name and node.name == table_name %}
        {{ return(node) }}
    {% endfor %}
    {% do exceptions.raise_compiler_error("The contract has no table " ~ source_name ~ "." ~ table_name ~ ".") %}
{%- endmacro %}

{#- One key of the meta of a column or table, wherever dbt keeps it. -#}
{% macro contract_meta(thing, key, default=none) -%}
    {{ return((thing.config.meta or {}).get(key, (thing.meta or {}).get(key, default))) }}
{%- endmacro %}

{#- Folder or database file that raw data lies in. -#}
{% macro raw_location() -%}
    {{ return(env_var("SCORING_RAW", "data/sample").rstrip("/")) }}
{%- endmacro %}

{#- Whether raw data are tables of an attached database rather than files. -#}
{% macro raw_is_database() -%}
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
            cast(null as varchar) as source_name,
            cast(null as varchar) as table_name,
            cast(null as varchar) as column_name,
            cast(null as boolean) as is_required,
            cast(null as boolean) as is_pii,
            cast(null as varchar) as past
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
    group by all
{%- endmacro %}
