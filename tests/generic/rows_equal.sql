{#- Rows that one relation has more often than the other, both ways, over the columns named. -#}
{% test rows_equal(model, other, column_name) %}
{%- set columns = column_name.split(", ") %}

with

counted as (
    select
        {{ columns | join(",\n        ") }},
        1 as here,
        0 as there
    from {{ model }}
    union all
    select
        {{ columns | join(",\n        ") }},
        0 as here,
        1 as there
    from {{ other }}
)

select
    {{ columns | join(",\n    ") }},
    sum(here) as row_count,
    sum(there) as other_row_count
from counted
group by
    {{ columns | join(",\n    ") }}
having sum(here) <> sum(there)

{% endtest %}
