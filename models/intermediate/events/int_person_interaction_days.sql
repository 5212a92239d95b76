with

interaction_days as (
    select * from {{ ref("int_interaction_days") }}
),

spine as (
    select * from {{ ref("int_source_spine") }}
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        interaction_days.event_date as interaction_date,
        interaction_days.interaction_type,
        {{ days_between("interaction_days.event_date", "spine.as_of_date") }} as age_days,
        cast(sum(interaction_days.interaction_count) as bigint) as interaction_count
    from interaction_days
    inner join spine
        on interaction_days.source_customer_id = spine.source_customer_id
    where
        interaction_days.event_date < spine.as_of_date
        and not interaction_days.is_bot
    group by
        spine.customer_id,
        spine.as_of_date,
        interaction_days.event_date,
        interaction_days.interaction_type
)

select * from final
