with

spine as (
    select * from {{ ref("int_spine") }}
),

availability as (
    select * from {{ ref("int_availability") }}
),

interaction_days as (
    select * from {{ ref("int_person_interaction_days") }}
),

weights as (
    select * from {{ ref("interaction_weights") }}
),

measured as (
    select
        interaction_days.customer_id,
        interaction_days.as_of_date,
        min(interaction_days.age_days) as days_since_last_interaction,
        {{ sum_within("interaction_count", 28) }} as interaction_count_28d,
        {{ sum_within("interaction_count", 91) }} as interaction_count_91d,
        count(distinct case when interaction_days.age_days <= 91 then interaction_days.interaction_date end)
            as interaction_day_count_91d,
        {% for type in ["web_visit", "email_open", "email_click", "call", "form"] -%}
        {{ sum_within("interaction_count", 91, "interaction_days.interaction_type = '" ~ type ~ "'") }}
            as {{ type }}_count_91d,
        {% endfor -%}
        sum(
            least(interaction_days.interaction_count, coalesce(weights.daily_cap, interaction_days.interaction_count))
            * cast(coalesce(weights.weight, 0) as decimal(9, 3))
            * {{ decay("interaction_days.age_days", "coalesce(weights.half_life_days, 30)") }}
        ) as interaction_points
    from interaction_days
    left join weights
        on interaction_days.interaction_type = weights.interaction_type
    group by
        interaction_days.customer_id,
        interaction_days.as_of_date
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        cast(measured.days_since_last_interaction as bigint) as days_since_last_interaction,
        {% for name in [
            "interaction_count_28d", "interaction_count_91d", "interaction_day_count_91d", "web_visit_count_91d",
            "email_open_count_91d", "email_click_count_91d", "call_count_91d", "form_count_91d",
        ] -%}
        cast({{ where_available("has_interactions", "measured." ~ name) }} as bigint) as {{ name }},
        {% endfor -%}
        {{ quantise(where_available("has_interactions", "measured.interaction_points")) }} as interaction_points
    from spine
    cross join availability
    left join measured
        on spine.customer_id = measured.customer_id
        and spine.as_of_date = measured.as_of_date
)

select * from final
