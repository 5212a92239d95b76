with

runs as (
    select * from {{ ref("int_run") }}
),

shared_keys as (
    select
        shared_keys.rule_name,
        case
            when shared_keys.outcome = 'links' and components.is_contradicted then 'birth dates differ'
            else shared_keys.outcome
        end as outcome,
        shared_keys.source_customer_id,
        shared_keys.key_digest
    from {{ ref("int_identity_shared_keys") }} as shared_keys
    inner join runs
        on shared_keys.as_of_date = runs.as_of_date
    left join {{ ref("int_identity_components") }} as components
        on shared_keys.customer_id = components.customer_id
        and shared_keys.as_of_date = components.as_of_date
),

crm_merges as (
    select
        'merged by the CRM' as rule_name,
        'links' as outcome,
        crm_merges.source_customer_id,
        crm_merges.customer_id as key_digest
    from {{ ref("int_customer_merges") }} as crm_merges
    inner join runs
        on crm_merges.as_of_date = runs.as_of_date
    where crm_merges.source_customer_id <> crm_merges.customer_id
),

found as (
    select * from shared_keys
    union all
    select * from crm_merges
),

final as (
    select
        rule_name,
        outcome,
        count(distinct key_digest) as key_count,
        count(distinct source_customer_id) as record_count
    from found
    group by
        rule_name,
        outcome
)

select * from final
