with

leads as (
    select * from {{ ref("stg_crm__leads") }}
    where row_status = 'accepted'
),

spine as (
    select * from {{ ref("int_source_spine") }}
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        leads.lead_id,
        leads.created_date,
        {{ days_between("leads.created_date", "spine.as_of_date") }} as age_days,
        case when leads.outcome_date < spine.as_of_date then leads.outcome end as known_outcome
    from leads
    inner join spine
        on leads.customer_id = spine.source_customer_id
    where leads.created_date < spine.as_of_date
)

select * from final
