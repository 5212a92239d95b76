with

features as (
    select
        feature,
        needs
    from {{ ref("feature_catalogue") }}
    union
    select
        feature,
        'crm.customer_attributes.value' as needs
    from {{ ref("feature_bins") }}
    where substr(feature, 1, 10) = 'attribute_'
),

contract_columns as (
    select
        source_name || '.' || table_name || '.' || column_name as column_path,
        is_delivered
    from {{ ref("base_contract_columns") }}
),

/* A feature is available when any of the columns that it can be made from was delivered. */
final as (
    select
        features.feature,
        coalesce(max(case when contract_columns.is_delivered then 1 else 0 end), 0) = 1 as is_available
    from features
    left join contract_columns
        on {{ dbt.position("'|' || contract_columns.column_path || '|'", "'|' || features.needs || '|'") }} > 0
    group by features.feature
)

select * from final
