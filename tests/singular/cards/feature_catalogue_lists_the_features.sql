/*
    A row is a column of feat_customers, feat_offers or feat_campaigns that feature_catalogue does not have, a feature
    of the catalogue that is no column, or one of another kind (text columns are categories, all others numbers).
    Correct the catalogue.
*/
{%- set wide_tables = [ref("feat_customers"), ref("feat_offers"), ref("feat_campaigns")] %}
with

catalogue as (
    select * from {{ ref("feature_catalogue") }}
),

made as (
    {% set made = [] -%}
    {% for wide_table in wide_tables if execute -%}
        {% for column in adapter.get_columns_in_relation(wide_table)
            if column.name not in ["customer_id", "as_of_date", "offer_id", "campaign_id"] -%}
            {% do made.append(
                "select '" ~ column.name ~ "' as feature, '" ~ ("category" if column.is_string() or column.dtype == dbt.type_string() else "number") ~ "' as value_kind"
            ) -%}
        {% endfor -%}
    {% endfor -%}
    {{ made | join("\n    union all\n    ") or "select null as feature, null as value_kind where false" }}
)

select
    coalesce(made.feature, catalogue.feature) as feature,
    made.value_kind as made_kind,
    catalogue.value_kind as catalogue_kind
from made
full outer join catalogue
    on made.feature = catalogue.feature
where
    made.feature is null
    or catalogue.feature is null
    or made.value_kind <> catalogue.value_kind
