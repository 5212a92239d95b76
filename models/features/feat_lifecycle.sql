{#-
    A state follows from the order days alone, never from the state of an earlier run. What silence means is settled on the day of each
    order, from the gaps before it: between two orders a person only moves forward, from active to at risk to lapsed.
-#}
with

spine as (
    select * from {{ ref("int_spine") }}
),

thresholds as (
    select
        {% for name in [
            "default_gap_days", "gap_cap_days", "enter_risk_gaps", "leave_risk_gaps", "risk_days_from", "risk_days_to",
            "enter_lapse_gaps", "lapse_days_from", "lapse_days_to", "won_back_orders",
        ] -%}
        max(case when threshold_name = '{{ name }}' then threshold_value end) as {{ name }},
        {% endfor -%}
        max(case when threshold_name = 'new_days' then threshold_value end) as new_days
    from {{ ref("lifecycle_thresholds") }}
),

order_dates as (
    select distinct
        customer_id,
        as_of_date,
        order_date,
        age_days
    from {{ ref("int_person_order_days") }}
    where order_count > 0
),

gaps as (
    select
        *,
        cast({{ days_between("lag(order_date) over by_person", "order_date") }} as bigint) as gap_days,
        row_number() over by_person as order_number
    from order_dates
    window by_person as (partition by customer_id, as_of_date order by order_date)
),

capped_gaps as (
    select
        gaps.*,
        case
            when gaps.gap_days > thresholds.gap_cap_days then thresholds.gap_cap_days
            else gaps.gap_days
        end as counted_gap_days
    from gaps
    cross join thresholds
),

/* The usual gap: mean of the last eight, none counted longer than the cap, and of the default one. */
usual as (
    select
        gaps.*,
        {{ as_double("coalesce(sum(gaps.counted_gap_days) over recent, 0) + thresholds.default_gap_days") }}
        / (count(gaps.gap_days) over recent + 1) as usual_gap_days
    from capped_gaps as gaps
    cross join thresholds
    window recent as (
        partition by gaps.customer_id, gaps.as_of_date order by gaps.order_number
        rows between 7 preceding and current row
    )
),

judged as (
    select
        usual.*,
        {{ quantise("least(greatest(usual.usual_gap_days * thresholds.enter_risk_gaps, thresholds.risk_days_from), "
            ~ "thresholds.risk_days_to)") }} as risk_days,
        {{ quantise("least(greatest(usual.usual_gap_days * thresholds.enter_lapse_gaps, thresholds.lapse_days_from), "
            ~ "thresholds.lapse_days_to)") }} as lapse_days
    from usual
    cross join thresholds
),

/* Each gap against what was settled on the day of the order that it began with. */
silences as (
    select
        *,
        gap_days > lag(risk_days) over by_person as was_risk,
        gap_days > lag(lapse_days) over by_person as was_lapse,
        lag(risk_days) over by_person as earlier_risk_days,
        max(order_number) over (partition by customer_id, as_of_date) as order_day_count
    from judged
    window by_person as (partition by customer_id, as_of_date order by order_number)
),

summed as (
    select
        silences.customer_id,
        silences.as_of_date,
        max(silences.order_day_count) as order_day_count,
        min(silences.age_days) as silence_days,
        max(silences.age_days) as days_since_first_order,
        max(case when silences.order_number = silences.order_day_count then silences.risk_days end) as risk_days,
        max(case when silences.order_number = silences.order_day_count then silences.lapse_days end) as lapse_days,
        max(case when silences.was_lapse then silences.order_number end) as return_number,
        max(case when silences.was_risk then silences.order_number end) as risk_number,
        max(
            case
                when
                    silences.gap_days * thresholds.enter_risk_gaps
                    <= silences.earlier_risk_days * thresholds.leave_risk_gaps
                    then silences.order_number
            end
        ) as calm_number
    from silences
    cross join thresholds
    group by
        silences.customer_id,
        silences.as_of_date
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        case
            when summed.customer_id is null then 'prospect'
            when summed.silence_days > summed.lapse_days then 'lapsed'
            when summed.silence_days > summed.risk_days then 'at_risk'
            when summed.days_since_first_order <= thresholds.new_days then 'new'
            when summed.order_day_count - summed.return_number < thresholds.won_back_orders then 'won_back'
            when summed.risk_number > coalesce(summed.calm_number, 0) then 'at_risk'
            else 'active'
        end as lifecycle,
        summed.risk_days as lifecycle_risk_days,
        summed.lapse_days as lifecycle_lapse_days
    from spine
    cross join thresholds
    left join summed
        on spine.customer_id = summed.customer_id
        and spine.as_of_date = summed.as_of_date
)

select * from final
