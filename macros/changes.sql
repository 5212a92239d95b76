{#-
    Big tables are judged by key: only the keys with a raw row that arrived or went away are judged anew, whole. The state is what the
    judged tables hold, so a run that broke off is made good by the next one, whatever it had done.

    Keys to judge anew, as a select of one column. A key that is null counts as the empty text.

    key     column of the key
    tables  list of dictionaries: landed (relation of the raw rows), judged (name of the model of the judged rows) and, where something
            else than the rows decides, misjudged (condition of a judged row that no longer holds)
-#}
{% macro changed_keys(key, tables) -%}
    {% set parts = [] %}
    {% if execute and flags.WHICH in ("build", "run", "retry") %}
        {% set missing = [] %}
        {% for table in tables %}
            {% set judged = built_relation(table.judged) %}
            {% if not is_judged_table(judged) %}
                {% do missing.append(table) %}
            {% else %}
                {% set versions = unlike_versions(table.landed, judged) %}
                {% do parts.extend([keys_of_versions(key, table.landed, versions), keys_of_versions(key, judged, versions)]) %}
                {% if table.misjudged %}
                    {% do parts.append("select " ~ key_or_empty(key) ~ " as " ~ key ~ " from " ~ judged ~ " where " ~ table.misjudged) %}
                {% endif %}
            {% endif %}
        {% endfor %}
        {% if missing and missing | length < tables | length %}
            {% set parts = [] %}
            {% for table in tables %}{% do parts.append("select " ~ key_or_empty(key) ~ " as " ~ key ~ " from " ~ table.landed) %}{% endfor %}
        {% endif %}
    {% endif %}
    {{ return((parts | select | join("\n    union\n    ")) or "select distinct " ~ as_text("null") ~ " as " ~ key ~ " from " ~ tables[0].landed ~ " where false") }}
{%- endmacro %}

{#- The relation that a model was built as in an earlier run, none where there is none. For a model that must not wait for it. -#}
{% macro built_relation(name) -%}
    {% set node = graph.nodes["model." ~ project_name ~ "." ~ name] %}
    {{ return(adapter.get_relation(node.database, node.schema, node.alias)) }}
{%- endmacro %}

{#- Whether a relation says what its rows were judged by; one that an older version of the project built does not. -#}
{% macro is_judged_table(relation) -%}
    {{ return(relation is not none and "_judged_by" in adapter.get_columns_in_relation(relation) | map(attribute="name") | list) }}
{%- endmacro %}

{#- Versions of deliveries of which two relations do not hold the same number of rows, as a list. -#}
{% macro unlike_versions(landed, judged) -%}
    {{ return(run_query(
        "select counted._version from (select _version, row_count, 1 as side from " ~ rows_by_version(landed)
        ~ " union all select _version, row_count, 2 as side from " ~ rows_by_version(judged)
        ~ ") as counted group by counted._version having min(side) = max(side) or min(row_count) <> max(row_count) order by counted._version"
    ).columns[0].values() | list) }}
{%- endmacro %}

{% macro rows_by_version(relation) -%}
    {{ return("(select _version, count(*) as row_count from " ~ relation ~ " group by _version) as counts") }}
{%- endmacro %}

{#- Select of the keys of the rows of some versions; empty text for none. -#}
{% macro keys_of_versions(key, relation, versions) -%}
    {{ return(
        "select " ~ key_or_empty(key) ~ " as " ~ key ~ " from " ~ relation ~ " where _version in ('" ~ versions | join("', '") ~ "')"
        if versions else ""
    ) }}
{%- endmacro %}

{% macro key_or_empty(key) -%}
    {{ return("coalesce(" ~ key ~ ", '')") }}
{%- endmacro %}

{#-
    What the rows of some models are judged by besides the rows themselves: their SQL, the time zone, the currency of reports. Rows that
    were judged by something else are judged anew.
-#}
{% macro judged_by(models) -%}
    {% set parts = [var("business_time_zone"), var("reporting_currency")] %}
    {% for name in models %}{% do parts.append((graph.nodes.get("model." ~ project_name ~ "." ~ name) or {}).get("raw_code", "")) %}{% endfor %}
    {{ return(local_md5(parts | join("|"))[:16]) }}
{%- endmacro %}

{#- Whether every row of the present model is to be judged: it is new, or was judged by something else. -#}
{% macro judges_all_rows() -%}
    {% if not execute or not is_incremental() %}{{ return(true) }}{% endif %}
    {% if not is_judged_table(load_relation(this)) %}{{ return(true) }}{% endif %}
    {% set by = judged_by(config.get("meta")["judged_with"]) %}
    {{ return(run_query("select 1 from " ~ this ~ " where _judged_by <> '" ~ by ~ "' limit 1").rows | length > 0) }}
{%- endmacro %}

{#- Condition: whether a row is to be judged in this run. -#}
{% macro is_to_judge(key, changes) -%}
    {% if judges_all_rows() %}{{ return("true") }}{% endif %}
    {{ return(key_or_empty(key) ~ " in (select changes." ~ key.split(".") | last ~ " from " ~ changes ~ " as changes)") }}
{%- endmacro %}

{#- Pre-hook of a model that is judged by key: removes the rows of the keys that it is about to judge. -#}
{% macro delete_rows_to_judge() -%}
    {% if execute and is_incremental() %}
        {% set meta = config.get("meta") %}
        delete from {{ this }} where {{ is_to_judge(meta["judged_key"], ref("base_changed_orders")) }}
    {% endif %}
{%- endmacro %}
