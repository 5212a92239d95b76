/*
    A row is a column of a landed table that is described in other words than in the raw contract, or a column
    of the contract without words there. Copy the words of the sources' YAML to the column's block in
    models/staging/_contract__columns.md.
*/
with

described as (
    {% set faults = [] -%}
    {% for table in contract_tables() -%}
    {% set landed = graph.nodes["model." ~ project_name ~ ".base_" ~ table.source_name ~ "__" ~ table.name].columns -%}
    {% for column in table.columns.values() -%}
    {% set words = landed[column.name].description if column.name in landed else "" -%}
    {% if words | trim != column.description | trim -%}
    {% do faults.append([table.source_name, table.name, column.name] | join(".")) -%}
    {% endif -%}
    {% endfor -%}
    {% endfor -%}
    select '' as column_path
    {%- for column_path in faults %}
    union all
    select '{{ column_path }}' as column_path
    {%- endfor %}
)

select * from described
where column_path <> ''
