with

interactions as (
    select * from {{ ref("stg_crm__interactions") }}
    where
        row_status = 'accepted'
        and campaign_id is not null
        and interaction_type <> 'email_open'
        and not is_bot
),

spine as (
    select * from {{ ref("int_source_spine") }}
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        interactions.campaign_id,
        {{ days_between("max(interactions.occurred_date)", "spine.as_of_date") }} as age_days
    from interactions
    inner join spine
        on interactions.customer_id = spine.source_customer_id
    where interactions.occurred_date < spine.as_of_date
    group by
        spine.customer_id,
        spine.as_of_date,
        interactions.campaign_id
)

select * from final
