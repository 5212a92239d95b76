{#- Keys that several people of the CRM share, and whether they make them one person. -#}
with

keys as (
    select * from {{ ref("int_identity_keys") }}
),

rules as (
    select * from {{ ref("identity_rules") }}
),

verdicts as (
    select * from {{ ref("int_identity_verdicts") }}
),

shared_keys as (
    select
        as_of_date,
        key_digest,
        count(*) as record_count,
        min(birth_date) <> max(birth_date) as has_birth_dates,
        min(first_name) <> max(first_name) as has_first_names
    from keys
    group by
        as_of_date,
        key_digest
    having min(customer_id) <> max(customer_id)
),

shared as (
    select
        keys.source_customer_id,
        keys.as_of_date,
        keys.rule_name,
        keys.key_digest,
        keys.customer_id,
        keys.birth_date,
        case
            when not rules.is_on then 'rule is off'
            when keys.rule_name = 'reviewed' then 'links'
            when shared_keys.record_count > rules.max_record_count then 'shared by too many'
            when shared_keys.has_birth_dates then 'birth dates differ'
            when shared_keys.has_first_names then 'first names differ'
            else 'links'
        end as outcome
    from keys
    inner join shared_keys
        on keys.as_of_date = shared_keys.as_of_date
        and keys.key_digest = shared_keys.key_digest
    inner join rules
        on keys.rule_name = rules.rule_name
),

told_apart as (
    select distinct
        first_records.as_of_date,
        first_records.key_digest
    from verdicts
    inner join shared as first_records
        on verdicts.customer_id = first_records.source_customer_id
        and verdicts.as_of_date = first_records.as_of_date
    inner join shared as second_records
        on verdicts.other_customer_id = second_records.source_customer_id
        and first_records.as_of_date = second_records.as_of_date
        and first_records.key_digest = second_records.key_digest
    where verdicts.verdict = 'different'
),

final as (
    select
        shared.source_customer_id,
        shared.as_of_date,
        shared.rule_name,
        shared.key_digest,
        shared.customer_id,
        shared.birth_date,
        case when told_apart.key_digest is not null then 'told apart' else shared.outcome end as outcome
    from shared
    left join told_apart
        on shared.as_of_date = told_apart.as_of_date
        and shared.key_digest = told_apart.key_digest
)

select * from final
