with

people as (
    select * from {{ ref("score_campaign_values") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

/* Why a person is not approached whatever the budget is; a control group that was delivered is kept as it is. */
gated as (
    select
        people.*,
        case
            when people.answer_count > 0 then 'already answered'
            when people.sent_touch_count > 0 then 'already approached'
            when people.is_held_out then 'control group'
            when people.contactable_reason <> 'consents not delivered' and not coalesce(people.has_consent, false)
                then 'no consent for ' || coalesce(people.campaign_channel, 'any channel')
            when people.pressure_with_touch > {{ reference_statistic("pressure_cap") }} then 'too much pressure'
            when people.null_reason is not null then 'no score: ' || people.null_reason
            when people.stated_net_amount <= 0 then 'costs more than it brings'
        end as gate_reason,
        -- The same people in every run; who would be approached otherwise, so that the groups can be compared.
        {{ row_hash(["campaign_id", "customer_id"]) }} % 10000
        < 10000 * {{ reference_statistic("control_share") }} as is_drawn,
        max(case when people.is_held_out then 1 else 0 end) over (partition by people.campaign_id) as has_control
    from people
),

ranked as (
    select
        gated.*,
        gated.is_drawn and gated.has_control = 0 as is_drawn_control,
        row_number() over (
            partition by gated.campaign_id
            order by
                case when gated.gate_reason is null then 0 else 1 end asc,
                gated.stated_net_amount desc nulls last,
                gated.score_raw desc nulls last,
                gated.customer_id asc
        ) as place
    from gated
),

/* What will have been spent once a person is approached: touches so far, and all those who are worth more. */
spent as (
    select
        ranked.*,
        sum(ranked.sent_touch_count * ranked.unit_cost) over (partition by ranked.campaign_id)
        + sum(
            case when ranked.gate_reason is null and not ranked.is_drawn_control then ranked.unit_cost else 0 end
        ) over (
            partition by ranked.campaign_id
            order by ranked.place
            rows between unbounded preceding and current row
        ) as spent_amount
    from ranked
),

judged as (
    select
        spent.*,
        case
            when spent.gate_reason is not null then spent.gate_reason
            when spent.spent_amount > spent.budget_amount then 'beyond the budget'
            when spent.contactable_reason = 'consents not delivered' then spent.contactable_reason
            when spent.is_drawn_control then 'control group'
            else 'targeted'
        end as target_reason
    from spent
),

/* Where consents were never delivered nobody can be told from those who refused. */
final as (
    select
        judged.customer_id,
        judged.as_of_date,
        judged.campaign_id,
        judged.campaign_name,
        judged.campaign_channel,
        judged.start_date,
        judged.end_date,
        case when judged.target_reason <> 'consents not delivered' then judged.target_reason = 'targeted' end
            as is_targeted,
        judged.target_reason,
        case when judged.gate_reason is null then cast(judged.place as bigint) end as target_rank,
        judged.score_name,
        judged.score_version,
        judged.evidence,
        judged.score_raw,
        judged.score,
        judged.null_reason,
        judged.evidence <> 'expert' as is_calibrated,
        judged.stated_probability,
        judged.answer_margin_amount,
        judged.unit_cost,
        judged.stated_net_amount,
        judged.pressure_with_touch,
        runs.run_id
    from judged
    inner join runs
        on judged.as_of_date = runs.as_of_date
)

select * from final
