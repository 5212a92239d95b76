{#- Whether a person's features keep all bounds of a rule, `<feature>_from` to `<feature>_to`; a feature that is missing keeps none. -#}
{% macro keeps_rule(feature_names, features="features", rules="rules") -%}
    {%- for name in feature_names -%}
    (
        ({{ rules }}.{{ name }}_from is null and {{ rules }}.{{ name }}_to is null)
        or (
            {{ features }}.{{ name }} >= coalesce({{ rules }}.{{ name }}_from, -1e12)
            and {{ features }}.{{ name }} < coalesce({{ rules }}.{{ name }}_to, 1e12)
        )
    )
    {%- if not loop.last %} and {% endif -%}
    {%- endfor -%}
{%- endmacro %}
