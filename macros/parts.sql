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
    The same for a table of which a run judges some keys anew, those in `changes`: they are always looked at. Where it holds none, everything
    is: a first build judges all rows without naming their keys, and a run that broke off left nothing to judge for the next.
-#}
{% macro in_part_of_the_day_or_changed(column, changes, parts_of="int_spine") -%}
    {% set part = in_part_of_the_day(column, parts_of) %}
    {% if part == "true" or run_query("select count(*) from " ~ changes).rows[0][0] == 0 %}{{ return("true") }}{% endif %}
    {{ return("(" ~ part ~ " or " ~ column ~ " in (select changes." ~ column ~ " from " ~ changes ~ " as changes))") }}
{%- endmacro %}

{#- Condition: the row is in one of the parts, numbered from 0. -#}
{% macro in_part(column, part) -%}
    {% if column.endswith("_date") %}
        {{ return("mod(" ~ day_number(column) ~ ", " ~ part_count() ~ ") = " ~ part) }}
    {% endif %}
    {{ return(text_in_part(column, part)) }}
{%- endmacro %}

{#- The same of a text. -#}
{% macro text_in_part(column, part) -%}
    {{ return(adapter.dispatch("text_in_part")(column, part)) }}
{%- endmacro %}

{#- The first two digits of its MD5 decide. -#}
{% macro default__text_in_part(column, part) -%}
    {% set digits = [] %}
    {% for number in range(part, 256, part_count()) %}{% do digits.append("'" ~ "%02x" | format(number) ~ "'") %}{% endfor %}
    {{ return("substr(" ~ dbt.hash(column) ~ ", 1, 2) in (" ~ digits | join(", ") ~ ")") }}
{%- endmacro %}

{#-
    Its own hash of 64 bits, by ranges: a view that makes ten rows of one looks ten times, and MD5 took most of such a test. A range is taken
    below what turns columns into rows; a remainder, which could raise an error, and a list, which becomes a join, are not.
-#}
{% macro duckdb__text_in_part(column, part) -%}
    {% set first, next = 2 ** 64 * part // part_count(), 2 ** 64 * (part + 1) // part_count() %}
    {{ return("hash(" ~ column ~ ") between cast(" ~ first ~ " as ubigint) and cast(" ~ (next - 1) ~ " as ubigint)") }}
{%- endmacro %}

{#- Days since the first of January 1970. -#}
{% macro day_number(date) -%}
    {{ return(days_between("cast('1970-01-01' as date)", date)) }}
{%- endmacro %}
