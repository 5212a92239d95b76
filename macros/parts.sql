{#-
    A data test of what one formula makes of tested tables need not go through a big warehouse every day: it looks at one part in
    thirteen, another on each as-of date, so that thirteen days see everything. A small warehouse is looked at whole.
-#}

{#- A prime, so that a run a week or a fortnight comes to every part too. -#}
{% macro part_count() -%}
    {{ return(13) }}
{%- endmacro %}

{#-
    Condition: the row is in the part that the run's date looks at. `column` is a text, or a date where its name ends in _date; `parts_of`
    is the model whose rows say whether the warehouse is big: people, or pairs of a person and an offer.
-#}
{% macro in_part_of_the_day(column, parts_of="int_spine") -%}
    {% set grain, runs = ref(parts_of), ref("int_run") %}
    {% if execute and load_relation(grain) is not none and load_relation(runs) is not none %}
        {% set row = run_query(
            "select (select count(*) from " ~ grain ~ "), max(" ~ day_number("as_of_date") ~ ") from " ~ runs
        ).rows[0] %}
        {% if row[0] > var("rows_tested_whole") %}{{ return(in_part(column, row[1] | int % part_count())) }}{% endif %}
    {% endif %}
    {{ return("true") }}
{%- endmacro %}

{#-
    Condition: the row is in one of the parts, numbered from 0. Of a text the first two digits of its MD5 decide: DuckDB takes
    such a condition below joins and below what turns columns into rows, and does not where the condition could raise an error.
-#}
{% macro in_part(column, part) -%}
    {% if column.endswith("_date") %}
        {{ return("mod(" ~ day_number(column) ~ ", " ~ part_count() ~ ") = " ~ part) }}
    {% endif %}
    {% set digits = [] %}
    {% for number in range(part, 256, part_count()) %}{% do digits.append("'" ~ "%02x" | format(number) ~ "'") %}{% endfor %}
    {{ return("substr(" ~ dbt.hash(column) ~ ", 1, 2) in (" ~ digits | join(", ") ~ ")") }}
{%- endmacro %}

{#- Days since the first of January 1970. -#}
{% macro day_number(date) -%}
    {{ return(days_between("cast('1970-01-01' as date)", date)) }}
{%- endmacro %}
