{#-
    Rows of a key that is repeated, or null in a column that must not be, or that has a value outside stated bounds: one scan.

    bounds    list of dictionaries: columns, minimum and maximum, both allowed; a null is no value and passes
    parts_by  column of the key that parts a big relation in thirteen, of which the run's date has one looked at
-#}
{% test unique_key(model, columns, may_be_null=[], bounds=[], parts_by=none) %}

select
    {{ columns | join(",\n    ") }},
    count(*) as row_count
from {{ model }}
{%- if parts_by %}
where {{ in_part_of_the_day(parts_by) }}
{%- endif %}
group by
    {{ columns | join(",\n    ") }}
having count(*) > 1
    {%- for column in columns if column not in may_be_null %}
    or {{ column }} is null
    {%- endfor %}
    {%- for bound in bounds %}
    {%- for column in bound.columns %}
    or min({{ column }}) < {{ bound.minimum }}
    or max({{ column }}) > {{ bound.maximum }}
    {%- endfor %}
    {%- endfor %}

{% endtest %}
