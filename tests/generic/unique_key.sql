{#-
    Rows of a key that is repeated, or null in a column that must not be, or that has a value outside stated bounds: one scan.

    Columns are texts parted by ", ", since dbt renders every item of a list as a template of its own, and the text of an argument
    called `column_name` not at all.

    bounds    list of dictionaries: columns, minimum and maximum, both allowed; a null is no value and passes
    parts_by  column of the key that parts a big relation in thirteen, of which the run's date has one looked at
    parts_of  model whose rows say whether the relation is big
    changes   relation of the keys that a run judged anew, by the column of `parts_by`: those are looked at on every date
-#}
{% test unique_key(model, column_name, may_be_null="", bounds=[], parts_by=none, parts_of="int_spine", changes=none) %}
{%- set columns = column_name.split(", ") %}
{%- set faults = ["count(*) > 1"] %}
{%- for column in columns if column not in may_be_null.split(", ") %}
    {%- do faults.append(column ~ " is null") %}
{%- endfor %}
{%- set outside = [] %}
{%- for bound in bounds %}
    {%- for column in bound.columns.split(", ") %}
        {%- do outside.append("not " ~ column ~ " between " ~ bound.minimum ~ " and " ~ bound.maximum) %}
    {%- endfor %}
{%- endfor %}
{%- if outside %}
    {%- do faults.append("max(case when " ~ outside | join(" or ") ~ " then 1 else 0 end) = 1") %}
{%- endif %}

select
    {{ columns | join(",\n    ") }},
    count(*) as row_count
from {{ model }}
{%- if changes %}
where {{ in_part_of_the_day_or_changed(parts_by, changes, parts_of) }}
{%- elif parts_by %}
where {{ in_part_of_the_day(parts_by, parts_of) }}
{%- endif %}
group by
    {{ columns | join(",\n    ") }}
having
    {{ faults | join("\n    or ") }}

{% endtest %}
