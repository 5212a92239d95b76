{#- Whether any delivery has the table, or the column; an aggregate over the columns of the contract. -#}
{% macro is_delivered(table_name, column_name=none) -%}
    coalesce(max(
        case
            when table_name = '{{ table_name }}'
                {%- if column_name %} and column_name = '{{ column_name }}'{% endif %}
                and is_delivered then 1
            else 0
        end
    ), 0) = 1
{%- endmacro %}

{#- The count or sum of what happened: 0 where nothing did, null where its table or column was never delivered. -#}
{% macro where_available(flag, expression, otherwise="0") -%}
    case when availability.{{ flag }} then coalesce({{ expression }}, {{ otherwise }}) end
{%- endmacro %}
