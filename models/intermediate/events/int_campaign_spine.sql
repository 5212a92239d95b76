with

campaigns as (
    select * from {{ ref("int_campaigns") }}
    where is_open
),

spine as (
    select * from {{ ref("int_spine") }}
),

final as (
    select
        spine.customer_id,
        campaigns.campaign_id,
        spine.as_of_date,
        campaigns.campaign_type,
        campaigns.campaign_channel,
        campaigns.offer_id,
        campaigns.incentive_amount,
        campaigns.campaign_days
    from campaigns
    inner join spine
        on campaigns.as_of_date = spine.as_of_date
)

select * from final
