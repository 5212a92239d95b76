/*
    A row is a column that feature_catalogue says a feature is made from and that the contract does not have:
    the feature would never count as available. Correct `needs`.
*/
with

needs as (
    select
        feature,
        {{ each_word("needs") }} as column_path
    from {{ ref("feature_catalogue") }}
),

contract_columns as (
    select source_name || '.' || table_name || '.' || column_name as column_path
    from {{ ref("base_contract_columns") }}
)

select
    needs.feature,
    needs.column_path
from needs
left join contract_columns
    on needs.column_path = contract_columns.column_path
where contract_columns.column_path is null
