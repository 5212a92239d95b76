with

touches as (
    select * from {{ ref("stg_marketing__touches") }}
    where row_status = 'accepted' and campaign_id is not null and not is_transactional
),

responses as (
    select * from {{ ref("stg_marketing__responses") }}
    where row_status = 'accepted' and campaign_id is not null
),

campaigns as (
    select * from {{ ref("int_campaigns") }}
),

order_days as (
    select * from {{ ref("int_person_order_days") }}
),

weights as (
    select * from {{ ref("channel_weights") }}
),

spine as (
    select * from {{ ref("int_source_spine") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

/* Planned rows are known for the date of the run, as in int_person_planned_touches. */
contacts as (
    select
        customer_id,
        campaign_id,
        touched_date as event_date,
        channel,
        case when is_control then 'control' else status end as contact_kind
    from touches
    where status in ('sent', 'planned')
    union all
    select
        customer_id,
        campaign_id,
        responded_date as event_date,
        {{ as_text("null") }} as channel,
        'answer' as contact_kind
    from responses
),

people as (
    select
        spine.customer_id,
        spine.as_of_date,
        campaigns.campaign_id,
        campaigns.start_date,
        campaigns.end_date,
        sum(case when contacts.contact_kind = 'sent' then 1 else 0 end) as sent_touch_count,
        sum(case when contacts.contact_kind = 'control' then 1 else 0 end) as control_touch_count,
        sum(case when contacts.contact_kind = 'answer' then 1 else 0 end) as answer_count,
        sum(
            case
                when
                    contacts.contact_kind = 'planned'
                    and {{ days_between("spine.as_of_date", "contacts.event_date") }} < 28
                    then cast(coalesce(weights.weight, 1) as decimal(9, 3))
                else 0
            end
        ) as planned_weight
    from contacts
    inner join spine
        on contacts.customer_id = spine.source_customer_id
    inner join runs
        on spine.as_of_date = runs.as_of_date
    inner join campaigns
        on contacts.campaign_id = campaigns.campaign_id
        and spine.as_of_date = campaigns.as_of_date
    left join weights
        on coalesce(contacts.channel, campaigns.campaign_channel, 'unknown') = weights.channel
    where
        (contacts.event_date < spine.as_of_date and contacts.contact_kind <> 'planned')
        or (contacts.event_date >= spine.as_of_date and contacts.contact_kind in ('planned', 'control'))
    group by
        spine.customer_id,
        spine.as_of_date,
        campaigns.campaign_id,
        campaigns.start_date,
        campaigns.end_date
),

/* Who was approached after all is no control. */
final as (
    select
        people.customer_id,
        people.campaign_id,
        people.as_of_date,
        cast(people.sent_touch_count as bigint) as sent_touch_count,
        cast(people.answer_count as bigint) as answer_count,
        cast(people.planned_weight as decimal(18, 6)) as planned_weight,
        people.control_touch_count > 0 and people.sent_touch_count = 0 as is_control,
        cast(coalesce(sum(order_days.order_count), 0) as bigint) as order_count,
        {{ as_amount("coalesce(sum(order_days.amount), 0)") }} as order_amount
    from people
    left join order_days
        on people.customer_id = order_days.customer_id
        and people.as_of_date = order_days.as_of_date
        and people.start_date <= order_days.order_date
        and people.end_date >= order_days.order_date
    group by
        people.customer_id,
        people.campaign_id,
        people.as_of_date,
        people.sent_touch_count,
        people.answer_count,
        people.planned_weight,
        people.control_touch_count
)

select * from final
