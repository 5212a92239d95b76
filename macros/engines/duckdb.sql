{#-
    A table in two statements. The adapter's own materialization builds beside, renames twice and drops, so that readers never miss the
    table; nobody reads a warehouse that is being built : they have published copies, and one transaction keeps the old table where the new one
    fails. What that costs is a tenth of a build of small tables (docs/decisions/0016-tables-in-place.md).
-#}
{% materialization table, adapter="duckdb" %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type="table") -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% call statement("main") -%}
        {% if existing is not none %}drop {{ existing.type }} {{ existing }} cascade;{% endif %}
        {{ create_table_as(False, target_relation, compiled_code) }}
    {%- endcall %}
    {% do create_indexes(target_relation) %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
