with

questions as (
    select * from {{ ref("target_questions") }}
),

events as (
    select * from {{ ref("target_events") }}
),

links as (
    select * from {{ ref("int_person_links") }}
),

happened as (
    select
        questions.customer_id,
        questions.as_of_date,
        questions.target_name,
        questions.campaign_id,
        sum(events.event_count) as event_count,
        sum(events.amount) as amount
    from questions
    inner join links
        on questions.customer_id = links.customer_id
        and questions.as_of_date = links.as_of_date
    inner join events
        on links.source_customer_id = events.source_customer_id
        and questions.event_name = events.event_name
        and questions.campaign_id = events.campaign_id
        and questions.as_of_date <= events.event_date
        and questions.until_date > events.event_date
    where questions.null_reason is null
    group by
        questions.customer_id,
        questions.as_of_date,
        questions.target_name,
        questions.campaign_id
),

final as (
    select
        questions.customer_id,
        questions.as_of_date,
        questions.target_name,
        questions.campaign_id,
        case
            when questions.null_reason is not null then null
            when questions.target_kind = 'net_revenue' then {{ as_amount("greatest(coalesce(happened.amount, 0), 0)") }}
            when questions.target_kind = 'order_count'
                then {{ as_amount("greatest(coalesce(happened.event_count, 0), 0)") }}
            when questions.target_kind = 'no_order_in_horizon'
                then {{ as_amount("case when happened.event_count > 0 then 0 else 1 end") }}
            else {{ as_amount("case when happened.event_count > 0 then 1 else 0 end") }}
        end as outcome,
        questions.null_reason
    from questions
    left join happened
        on questions.customer_id = happened.customer_id
        and questions.as_of_date = happened.as_of_date
        and questions.target_name = happened.target_name
        and questions.campaign_id = happened.campaign_id
)

select * from final
