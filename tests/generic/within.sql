{#- Rows in which a column lies outside two bounds, both allowed. A null is no value and passes. One scan for all columns. -#}
{% test within(model, columns, minimum, maximum) %}

select
    {{ columns | join(",\n    ") }},
    count(*) as row_count
from {{ model }}
where
    {%- for column in columns %}
    {{ "or " if not loop.first }}not {{ column }} between {{ minimum }} and {{ maximum }}
    {%- endfor %}
group by
    {{ columns | join(",\n    ") }}

{% endtest %}
