{#- Rows of a key that is repeated, or null in a column that must not be: one scan. -#}
{% test unique_key(model, columns, may_be_null=[]) %}

select
    {{ columns | join(",\n    ") }},
    count(*) as row_count
from {{ model }}
group by
    {{ columns | join(",\n    ") }}
having count(*) > 1
    {%- for column in columns if column not in may_be_null %}
    or {{ column }} is null
    {%- endfor %}

{% endtest %}
