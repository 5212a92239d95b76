with

spine as (
    select * from {{ ref("int_spine") }}
),

availability as (
    select * from {{ ref("int_availability") }}
),

touches as (
    select * from {{ ref("int_person_touches") }}
),

responses as (
    select * from {{ ref("int_person_responses") }}
),

visits as (
    select * from {{ ref("int_person_campaign_visits") }}
),

weights as (
    select * from {{ ref("channel_weights") }}
),

pressure as (
    select
        touches.customer_id,
        touches.as_of_date,
        {% for days in [7, 28, 90, 364] -%}
        {{ sum_within("1", days, "not touches.is_transactional") }} as touch_count_{{ days }}d,
        {% endfor -%}
        {{ sum_within("1", 90, "touches.is_transactional") }} as transactional_touch_count_90d,
        min(case when not touches.is_transactional then touches.age_days end) as days_since_last_touch,
        sum(
            case
                when not touches.is_transactional
                    then cast(coalesce(weights.weight, 1) as decimal(9, 3)) * {{ decay("touches.age_days", 14) }}
                else 0
            end
        ) as weighted_touches_14d
    from touches
    left join weights
        on touches.channel = weights.channel
    group by
        touches.customer_id,
        touches.as_of_date
),

touched_campaigns as (
    select
        customer_id,
        as_of_date,
        count(distinct campaign_id) as touched_campaign_count_364d
    from touches
    where age_days <= 364 and not is_transactional
    group by
        customer_id,
        as_of_date
),

visited_campaigns as (
    select
        customer_id,
        as_of_date,
        count(*) as visited_campaign_count_364d
    from visits
    where age_days <= 364
    group by
        customer_id,
        as_of_date
),

answers as (
    select
        responses.customer_id,
        responses.as_of_date,
        min(responses.age_days) as days_since_last_response,
        count(distinct case when responses.age_days <= 364 then responses.response_id end) as response_count_364d,
        count(
            distinct case
                when responses.age_days <= 364 and touches.touch_id is not null then responses.campaign_id
            end
        ) as answered_campaign_count_364d
    from responses
    left join touches
        on responses.customer_id = touches.customer_id
        and responses.as_of_date = touches.as_of_date
        and responses.campaign_id = touches.campaign_id
        and touches.age_days <= 364
        and not touches.is_transactional
    group by
        responses.customer_id,
        responses.as_of_date
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        {% for name in [
            "touch_count_7d", "touch_count_28d", "touch_count_90d", "touch_count_364d", "transactional_touch_count_90d",
        ] -%}
        cast({{ where_available("has_touches", "pressure." ~ name) }} as bigint) as {{ name }},
        {% endfor -%}
        cast(pressure.days_since_last_touch as bigint) as days_since_last_touch,
        {{ quantise(where_available("has_touches", "pressure.weighted_touches_14d")) }} as weighted_touches_14d,
        cast({{ where_available("has_touches", "touched_campaigns.touched_campaign_count_364d") }} as bigint)
            as touched_campaign_count_364d,
        cast({{ where_available("has_responses", "answers.response_count_364d") }} as bigint) as response_count_364d,
        cast({{ where_available("has_responses", "answers.answered_campaign_count_364d") }} as bigint)
            as answered_campaign_count_364d,
        cast(answers.days_since_last_response as bigint) as days_since_last_response,
        case
            when availability.has_touches and availability.has_responses
                then {{ quantise(shrunk_mean(
                    "coalesce(answers.answered_campaign_count_364d, 0)",
                    "coalesce(touched_campaigns.touched_campaign_count_364d, 0)",
                    "response_rate"
                )) }}
        end as response_rate_364d,
        case
            when availability.has_touches and availability.has_interactions
                then {{ quantise(shrunk_mean(
                    "coalesce(visited_campaigns.visited_campaign_count_364d, 0)",
                    "coalesce(touched_campaigns.touched_campaign_count_364d, 0)",
                    "campaign_visit_rate"
                )) }}
        end as campaign_visit_rate_364d
    from spine
    cross join availability
    left join pressure
        on spine.customer_id = pressure.customer_id
        and spine.as_of_date = pressure.as_of_date
    left join touched_campaigns
        on spine.customer_id = touched_campaigns.customer_id
        and spine.as_of_date = touched_campaigns.as_of_date
    left join visited_campaigns
        on spine.customer_id = visited_campaigns.customer_id
        and spine.as_of_date = visited_campaigns.as_of_date
    left join answers
        on spine.customer_id = answers.customer_id
        and spine.as_of_date = answers.as_of_date
)

select * from final
