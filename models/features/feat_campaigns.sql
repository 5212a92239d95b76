with

campaign_spine as (
    select * from {{ ref("int_campaign_spine") }}
),

availability as (
    select * from {{ ref("int_availability") }}
),

coverage as (
    select * from {{ ref("int_offer_coverage") }}
),

product_days as (
    select * from {{ ref("int_person_product_days") }}
),

touches as (
    select * from {{ ref("int_person_touches") }}
),

responses as (
    select * from {{ ref("int_person_responses") }}
),

offer_sizes as (
    select
        offer_id,
        count(*) as offer_product_count
    from coverage
    group by offer_id
),

/* A day on which nothing was bought but what a cancellation took back does not count. */
spend_days as (
    select
        campaign_spine.customer_id,
        campaign_spine.campaign_id,
        campaign_spine.as_of_date,
        product_days.age_days,
        sum(product_days.net_amount) as net_amount
    from campaign_spine
    inner join coverage
        on campaign_spine.offer_id = coverage.offer_id
    inner join product_days
        on campaign_spine.customer_id = product_days.customer_id
        and campaign_spine.as_of_date = product_days.as_of_date
        and coverage.product_id = product_days.product_id
    where product_days.age_days <= 182
    group by
        campaign_spine.customer_id,
        campaign_spine.campaign_id,
        campaign_spine.as_of_date,
        product_days.age_days
    having sum(product_days.line_count) <> 0
),

spend as (
    select
        customer_id,
        campaign_id,
        as_of_date,
        {{ as_amount(sum_within("net_amount", 56)) }} as campaign_product_amount_56d,
        {{ as_amount(sum_within("net_amount", 182)) }} as campaign_product_amount_182d,
        count(*) as campaign_product_day_count_182d
    from spend_days
    group by
        customer_id,
        campaign_id,
        as_of_date
),

past_campaigns as (
    select
        touches.customer_id,
        touches.as_of_date,
        touches.campaign_type,
        count(distinct touches.campaign_id) as touched_count,
        count(distinct responses.campaign_id) as answered_count
    from touches
    left join responses
        on touches.customer_id = responses.customer_id
        and touches.as_of_date = responses.as_of_date
        and touches.campaign_id = responses.campaign_id
    where touches.age_days <= 364 and not touches.is_transactional
    group by
        touches.customer_id,
        touches.as_of_date,
        touches.campaign_type
),

final as (
    select
        campaign_spine.customer_id,
        campaign_spine.as_of_date,
        campaign_spine.campaign_id,
        campaign_spine.campaign_type,
        campaign_spine.campaign_channel,
        cast(campaign_spine.campaign_days as bigint) as campaign_days,
        campaign_spine.incentive_amount,
        cast({{ where_available("has_offer_products", "offer_sizes.offer_product_count") }} as bigint)
            as offer_product_count,
        {% for days in [56, 182] -%}
        case
            when availability.has_offer_products and availability.has_line_products
                then coalesce(spend.campaign_product_amount_{{ days }}d, 0)
        end as campaign_product_amount_{{ days }}d,
        {% endfor -%}
        case
            when availability.has_offer_products and availability.has_line_products
                then coalesce(spend.campaign_product_day_count_182d, 0)
        end as campaign_product_day_count_182d,
        cast({{ where_available("has_touches", "past_campaigns.touched_count") }} as bigint)
            as same_type_touched_count_364d,
        case
            when availability.has_touches and availability.has_responses
                then {{ quantise(shrunk_mean(
                    "coalesce(past_campaigns.answered_count, 0)",
                    "coalesce(past_campaigns.touched_count, 0)",
                    "response_rate"
                )) }}
        end as same_type_response_rate_364d
    from campaign_spine
    cross join availability
    left join offer_sizes
        on campaign_spine.offer_id = offer_sizes.offer_id
    left join spend
        on campaign_spine.customer_id = spend.customer_id
        and campaign_spine.campaign_id = spend.campaign_id
        and campaign_spine.as_of_date = spend.as_of_date
    left join past_campaigns
        on campaign_spine.customer_id = past_campaigns.customer_id
        and campaign_spine.as_of_date = past_campaigns.as_of_date
        and campaign_spine.campaign_type = past_campaigns.campaign_type
)

select * from final
