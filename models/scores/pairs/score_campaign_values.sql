with

results as (
    select * from {{ ref("score_campaign_results") }}
),

campaigns as (
    select * from {{ ref("int_campaigns") }}
),

people as (
    select * from {{ ref("int_campaign_people") }}
),

persons as (
    select * from {{ ref("int_persons") }}
),

consents as (
    select * from {{ ref("int_contactability") }}
),

features as (
    select * from {{ ref("feat_customers") }}
),

planned as (
    select * from {{ ref("int_person_planned_touches") }}
),

weights as (
    select * from {{ ref("channel_weights") }}
),

/* The consent, what was done so far, the pressure with one more touch, the worth of an answer. */
known as (
    select
        results.*,
        campaigns.campaign_name,
        campaigns.campaign_channel,
        campaigns.start_date,
        campaigns.end_date,
        campaigns.unit_cost,
        campaigns.budget_amount,
        consents.contactable_reason,
        case campaigns.campaign_channel
            {% for channel in ["email", "phone", "sms", "post"] -%}
            when '{{ channel }}' then persons.consent_{{ channel }}
            {% endfor -%}
            else consents.is_contactable
        end as has_consent,
        coalesce(people.sent_touch_count, 0) as sent_touch_count,
        coalesce(people.answer_count, 0) as answer_count,
        coalesce(people.is_control, false) as is_held_out,
        cast(
            features.weighted_touches_14d + coalesce(planned.planned_weighted_touches_28d, 0)
            - coalesce(people.planned_weight, 0) + coalesce(weights.weight, 1) as decimal(18, 6)
        ) as pressure_with_touch,
        {{ rounded(
            reference_statistic("answer_order_share")
            ~ " * coalesce(features.average_order_amount_182d, " ~ reference_statistic("answer_order_amount") ~ ")"
            ~ " * coalesce(campaigns.margin_rate, " ~ reference_statistic("answer_margin_rate") ~ ")"
            ~ " - coalesce(campaigns.incentive_amount, 0)",
            4
        ) }} as answer_margin_amount
    from results
    inner join campaigns
        on results.campaign_id = campaigns.campaign_id
        and results.as_of_date = campaigns.as_of_date
    inner join persons
        on results.customer_id = persons.customer_id
        and results.as_of_date = persons.as_of_date
    inner join consents
        on results.customer_id = consents.customer_id
        and results.as_of_date = consents.as_of_date
    inner join features
        on results.customer_id = features.customer_id
        and results.as_of_date = features.as_of_date
    left join people
        on results.customer_id = people.customer_id
        and results.campaign_id = people.campaign_id
        and results.as_of_date = people.as_of_date
    left join planned
        on results.customer_id = planned.customer_id
        and results.as_of_date = planned.as_of_date
    left join weights
        on campaigns.campaign_channel = weights.channel
),

final as (
    select
        known.*,
        {{ rounded("known.stated_probability * known.answer_margin_amount - known.unit_cost", 4) }}
            as stated_net_amount
    from known
)

select * from final
