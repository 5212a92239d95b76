with

leads as (
    select * from {{ ref("stg_crm__leads") }}
    where row_status = 'accepted'
),

links as (
    select * from {{ ref("int_person_links") }}
),

spine as (
    select * from {{ ref("int_spine") }}
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
    inner join links
        on leads.customer_id = links.source_customer_id
    inner join spine
        on links.customer_id = spine.customer_id
        and links.as_of_date = spine.as_of_date
    where leads.created_date < spine.as_of_date
)

select * from final
