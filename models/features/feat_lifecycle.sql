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

/* The dates of the eight orders before, and how long the next one was waited for; null after the last. */
dated as (
    select
        customer_id,
        as_of_date,
        age_days,
        order_date as order_date_0,
        {% for place in range(1, 9) -%}
        lag(order_date, {{ place }}) over by_person as order_date_{{ place }},
        {% endfor -%}
        row_number() over by_person as order_number,
        {{ days_between("order_date", "lead(order_date) over by_person") }} as next_gap_days
    from order_dates
    window by_person as (partition by customer_id, as_of_date order by order_date)
),

/* The usual gap: mean of the last eight, none counted longer than the cap, and of the default one. */
usual as (
    select
        dated.*,
        (
            thresholds.default_gap_days
            {%- for place in range(8) %}
            {%- set gap = days_between("dated.order_date_" ~ (place + 1), "dated.order_date_" ~ place) %}
            + coalesce(case when {{ gap }} > thresholds.gap_cap_days then thresholds.gap_cap_days else {{ gap }} end, 0)
            {%- endfor %}
        ) / {{ as_double("least(dated.order_number, 9)") }} as usual_gap_days
    from dated
    cross join thresholds
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

/* A gap against what was settled on the day of the order that it began with, numbered as the order that ended it. */
summed as (
    select
        judged.customer_id,
        judged.as_of_date,
        max(judged.order_number) as order_day_count,
        min(judged.age_days) as silence_days,
        max(judged.age_days) as days_since_first_order,
        max(case when judged.next_gap_days is null then judged.risk_days end) as risk_days,
        max(case when judged.next_gap_days is null then judged.lapse_days end) as lapse_days,
        max(case when judged.next_gap_days > judged.lapse_days then judged.order_number + 1 end) as return_number,
        max(case when judged.next_gap_days > judged.risk_days then judged.order_number + 1 end) as risk_number,
        max(
            case
                when judged.next_gap_days * thresholds.enter_risk_gaps <= judged.risk_days * thresholds.leave_risk_gaps
                    then judged.order_number + 1
            end
        ) as calm_number
    from judged
    cross join thresholds
    group by
        judged.customer_id,
        judged.as_of_date
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
