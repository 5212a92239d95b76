{#-
    Readers of raw files, as relations. Names and types are always stated, nothing is guessed from the values, and a line that cannot be
    taken apart is kept aside for land_unreadable_lines, so that no line is lost.
-#}

{#- Options of every file reader: the path of the file, and the columns that its folders name (`year=2025`), as text. -#}
{% macro path_columns() -%}
    {{ return("filename = '_location', hive_partitioning = true, hive_types_autocast = false") }}
{%- endmacro %}

{#- Options of a text reader: the tables of this session that keep what it cannot read. -#}
{% macro kept_rejects(name) -%}
    {{ return("store_rejects = true, rejects_table = '" ~ name ~ "', rejects_scan = '" ~ name ~ "_scans'") }}
{%- endmacro %}

{#- Reader of CSV files with the same header. -#}
{% macro csv_reader(locations, columns, rejects) -%}
    {% set quote = sql_text(var("csv_format").quote) %}
    {{ return(
        "read_csv([" ~ locations ~ "], auto_detect = false, header = true, delim = '" ~ sql_text(var("csv_format").delimiter)
        ~ "', quote = '" ~ quote ~ "', escape = '" ~ quote ~ "', encoding = '" ~ var("csv_format").encoding
        ~ "', columns = {" ~ text_columns(columns) ~ "}, " ~ path_columns() ~ ", " ~ kept_rejects(rejects) ~ ")"
    ) }}
{%- endmacro %}

{% macro parquet_reader(locations) -%}
    {{ return("read_parquet([" ~ locations ~ "], " ~ path_columns() ~ ")") }}
{%- endmacro %}

{#-
    Reader of JSON lines: line, _object (the line where it is a JSON object), then each wanted key as text. Lines are read as text, since a
    JSON reader stops at a line that is no JSON, or drops its text.
-#}
{% macro json_reader(locations, columns, rejects) -%}
    {% set keys = {} %}
    {% for column in columns %}{% do keys.update({column[0]: "VARCHAR"}) %}{% endfor %}
    {{ return(
        "(select * exclude (_keys), _keys.* from (select *, json_transform(_object, '" ~ sql_text(tojson(keys))
        ~ "') as _keys from (select *, case when json_valid(line) and json_type(line) = 'OBJECT' then line end as _object from "
        ~ line_reader(locations, "utf-8", path_columns() ~ ", " ~ kept_rejects(rejects)) ~ " where " ~ is_filled_line() ~ ")))"
    ) }}
{%- endmacro %}

{#- Reader of the lines of text files, as the column `line`. The separator chr(31) stands in no header and in no valid JSON. -#}
{% macro line_reader(locations, encoding, options) -%}
    {{ return(
        "read_csv([" ~ locations ~ "], auto_detect = false, header = false, columns = {'line': 'VARCHAR'}, delim = chr(31), "
        ~ "quote = '', escape = '', strict_mode = false, encoding = '" ~ encoding ~ "', " ~ options ~ ")"
    ) }}
{%- endmacro %}

{% macro is_filled_line() -%}
    {{ return("trim(line, ' ' || chr(9) || chr(13)) <> ''") }}
{%- endmacro %}

{#- `'name': 'VARCHAR'` for each column: how a text reader is told its columns. -#}
{% macro text_columns(columns) -%}
    {% set pairs = [] %}
    {% for column in columns %}{% do pairs.append("'" ~ sql_text(column[0]) ~ "': 'VARCHAR'") %}{% endfor %}
    {{ return(pairs | join(", ")) }}
{%- endmacro %}

{#-
    The first line of each CSV file that has one, by location. A hundred files a query: most of a small query is what surrounds it. Several
    threads would each begin in another place of a big file.
-#}
{% macro csv_headers(locations) -%}
    {% set headers = {} %}
    {% for some in locations | batch(100) %}
        {% set firsts = [] %}
        {% for location in some %}
            {% set reader = line_reader("'" ~ sql_text(location) ~ "'", var("csv_format").encoding, "ignore_errors = true, parallel = false") %}
            {% do firsts.append("(select " ~ loop.index0 ~ " as place, line from " ~ reader ~ " limit 1)") %}
        {% endfor %}
        {% for row in run_query(firsts | join(" union all ")).rows %}{% do headers.update({some[row[0] | int]: row[1]}) %}{% endfor %}
    {% endfor %}
    {{ return(headers) }}
{%- endmacro %}

{#- Columns of a CSV file, from its header, as a list of [name, type]; an empty list where it has none. -#}
{% macro csv_columns(header) -%}
    {% set columns = [] %}
    {% if header is not none %}
        {% for name in header_names(header) %}{% do columns.append([name or "column_" ~ loop.index, "VARCHAR"]) %}{% endfor %}
    {% endif %}
    {{ return(columns) }}
{%- endmacro %}

{#- The names of a CSV header, without their quotes. -#}
{% macro header_names(header) -%}
    {% set quote = var("csv_format").quote %}
    {% set delimiter = var("csv_format").delimiter %}
    {% set names = [] %}
    {% set begun = namespace(text=none) %}
    {% for piece in header.split(delimiter) %}
        {% set text = piece if begun.text is none else begun.text ~ delimiter ~ piece %}
        {% if text.count(quote) % 2 %}
            {% set begun.text = text %}
        {% else %}
            {% do names.append(text.strip().strip(quote).replace(quote ~ quote, quote).strip()) %}
            {% set begun.text = none %}
        {% endif %}
    {% endfor %}
    {{ return(names) }}
{%- endmacro %}

{#- Columns of a Parquet file. The remedy stands in the query because the engine quotes what is around a failing call in its error. -#}
{% macro parquet_columns(location) -%}
    {% set columns = [] %}
    {% for row in run_query(
        "describe from /* Unreadable? Export the file again, or remove it. */ read_parquet('" ~ sql_text(location) ~ "', hive_partitioning = false)"
    ).rows %}
        {% do columns.append([row[0], row[1]]) %}
    {% endfor %}
    {{ return(columns) }}
{%- endmacro %}

{#- Columns of a file of JSON lines: the keys of all its objects. -#}
{% macro json_columns(location) -%}
    {% set columns = [] %}
    {% for row in run_query(
        "select distinct unnest(json_keys(line)) as name from " ~ line_reader("'" ~ sql_text(location) ~ "'", "utf-8", "ignore_errors = true")
        ~ " where case when json_valid(line) then json_type(line) = 'OBJECT' end order by name"
    ).rows %}
        {% do columns.append([row[0], "VARCHAR"]) %}
    {% endfor %}
    {{ return(columns) }}
{%- endmacro %}

{#- A text as it stands between single quotes. -#}
{% macro sql_text(text) -%}
    {{ return(adapter.dispatch("sql_text")(text | string)) }}
{%- endmacro %}

{% macro default__sql_text(text) -%}
    {{ return(text.replace("'", "''")) }}
{%- endmacro %}

{#- A path as it stands in a pattern of paths. -#}
{% macro glob_text(path) -%}
    {{ return(sql_text(path).replace("[", "[[]").replace("*", "[*]").replace("?", "[?]")) }}
{%- endmacro %}
