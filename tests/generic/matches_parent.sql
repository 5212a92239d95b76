{#- Keys that the parent does not have. A key that is null throughout points nowhere and passes. -#}
{% test matches_parent(model, column_name, parent, parent_columns) %}
{%- set columns, parent_columns = column_name.split(", "), parent_columns.split(", ") %}

select
    {{ columns | join(",\n    ") }},
    count(*) as row_count
from {{ model }} as children
where ({% for column in columns %}{{ column }} is not null{{ " or " if not loop.last }}{% endfor %})
    and not exists (
        select 1
        from {{ parent }} as parents
        where
            {%- for column in columns %}
            {{ "and " if not loop.first }}parents.{{ parent_columns[loop.index0] }} = children.{{ column }}
            {%- endfor %}
    )
group by
    {{ columns | join(",\n    ") }}

{% endtest %}
