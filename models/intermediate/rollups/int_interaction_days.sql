with

days as (
    {{ days_to_build(ref("int_interaction_day_versions")) }}
),

interactions as (
    select * from {{ ref("stg_crm__interactions") }}
    where row_status = 'accepted'
),

final as (
    select
        interactions.customer_id as source_customer_id,
        interactions.occurred_date as event_date,
        interactions.interaction_type,
        interactions.is_bot,
        count(*) as interaction_count,
        days.version_set
    from interactions
    inner join days
        on interactions.occurred_date = days.event_date
    group by
        interactions.customer_id,
        interactions.occurred_date,
        interactions.interaction_type,
        interactions.is_bot,
        days.version_set
)

select * from final
