with

persons as (
    select * from {{ ref("int_persons") }}
),

contract_columns as (
    select * from {{ ref("base_contract_columns") }}
),

consents as (
    select coalesce(max(case when is_delivered then 1 else 0 end), 0) = 1 as are_delivered
    from contract_columns
    where table_name = 'customers' and column_name like 'consent%'
),

judged as (
    select
        persons.customer_id,
        persons.as_of_date,
        case
            when persons.is_deleted then 'deleted in the CRM'
            when persons.has_profiling_objection then 'objects to profiling'
            when not consents.are_delivered then 'consents not delivered'
            when
                coalesce(persons.consent_email, false) or coalesce(persons.consent_phone, false)
                or coalesce(persons.consent_sms, false) or coalesce(persons.consent_post, false)
                then 'has consented'
            when
                persons.consent_email is null and persons.consent_phone is null
                and persons.consent_sms is null and persons.consent_post is null
                then 'no consent on record'
            else 'has refused'
        end as contactable_reason
    from persons
    cross join consents
),

/* Where consents were never delivered nobody may be taken for contactable, nor for one who refused. */
final as (
    select
        customer_id,
        as_of_date,
        case
            when contactable_reason = 'has consented' then true
            when contactable_reason <> 'consents not delivered' then false
        end as is_contactable,
        contactable_reason
    from judged
)

select * from final
