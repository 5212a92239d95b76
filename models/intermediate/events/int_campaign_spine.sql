with

campaigns as (
    select * from {{ ref("stg_marketing__campaigns") }}
    where row_status = 'accepted'
),

spine as (
    select * from {{ ref("int_spine") }}
),

rates as (
    select * from {{ ref("int_currency_rates") }}
),

/* A campaign is known from its first day on, and open to its last. */
final as (
    select
        spine.customer_id,
        campaigns.campaign_id,
        spine.as_of_date,
        campaigns.campaign_type,
        campaigns.channel as campaign_channel,
        campaigns.offer_id,
        {{ as_amount("campaigns.incentive_amount * rates.rate") }} as incentive_amount,
        {{ days_between("campaigns.start_date", "campaigns.end_date") }} + 1 as campaign_days
    from campaigns
    inner join spine
        on campaigns.start_date <= spine.as_of_date
        and coalesce(campaigns.end_date, campaigns.start_date) >= spine.as_of_date
    inner join rates
        on campaigns.currency = rates.currency
        and campaigns.start_date >= rates.valid_from_date
        and campaigns.start_date < rates.valid_to_date
)

select * from final
