with

campaigns as (
    select * from {{ ref("stg_marketing__campaigns") }}
    where row_status = 'accepted'
),

dates as (
    select * from {{ ref("int_as_of_dates") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

rates as (
    select * from {{ ref("int_currency_rates") }}
),

coverage as (
    select * from {{ ref("int_offer_coverage") }}
),

products as (
    select * from {{ ref("int_products") }}
    where margin_rate is not null
),

margins as (
    select
        coverage.offer_id,
        {{ quantise(as_double("sum(products.margin_rate)") ~ " / count(*)") }} as margin_rate
    from coverage
    inner join products
        on coverage.product_id = products.product_id
    group by coverage.offer_id
),

/*
    A campaign is known from its first day on. One to come is a plan, and a plan is known for the date of the
    data alone: what was planned on an earlier date nobody wrote down.
*/
final as (
    select
        campaigns.campaign_id,
        dates.as_of_date,
        campaigns.campaign_name,
        campaigns.campaign_type,
        campaigns.channel as campaign_channel,
        campaigns.offer_id,
        campaigns.start_date,
        coalesce(campaigns.end_date, campaigns.start_date) as end_date,
        {{ days_between("campaigns.start_date", "campaigns.end_date") }} + 1 as campaign_days,
        campaigns.start_date > dates.as_of_date as is_planned,
        coalesce(campaigns.end_date, campaigns.start_date) >= dates.as_of_date as is_open,
        {% for amount in ["unit_cost", "incentive_amount", "budget_amount"] -%}
        {{ converted("campaigns." ~ amount) }} as {{ amount }},
        {% endfor -%}
        margins.margin_rate
    from campaigns
    inner join dates
        on campaigns.start_date <= dates.as_of_date
        or dates.is_run_date
    inner join rates
        on campaigns.currency = rates.currency
        and campaigns.start_date >= rates.valid_from_date
        and campaigns.start_date < rates.valid_to_date
    cross join runs
    left join margins
        on campaigns.offer_id = margins.offer_id
    where campaigns.start_date <= dates.as_of_date or runs.as_of_date = runs.data_date
)

select * from final
