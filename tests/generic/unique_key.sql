{#-
    Rows of a key that is repeated, or null in a column that must not be, or that has a value outside stated bounds: one scan.

    Columns are texts parted by ", ", since dbt renders every item of a list as a template of its own (5 ms each), and the text of
    an argument called `column_name` not at all.

    bounds    list of dictionaries: columns, minimum and maximum, both allowed; a null is no value and passes
    parts_by  column of the key that parts a big relation in thirteen, of which the run's date has one looked at
-#}
{% test unique_key(model, column_name, may_be_null="", bounds=[], parts_by=none) %}
{%- set columns = column_name.split(", ") %}

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
    {%- for column in columns if column not in may_be_null.split(", ") %}
    or {{ column }} is null
    {%- endfor %}
    {%- if bounds %}
    or max(case when
        {%- for bound in bounds %}
        {%- set first = loop.first %}
        {%- for column in bound.columns.split(", ") %}
        {{ "or " if not (first and loop.first) }}not {{ column }} between {{ bound.minimum }} and {{ bound.maximum }}
        {%- endfor %}
        {%- endfor %}
        then 1 else 0 end) = 1
    {%- endif %}

{% endtest %}
