with

spine as (
    select * from {{ ref("int_spine") }}
),

availability as (
    select * from {{ ref("int_availability") }}
),

leads as (
    select * from {{ ref("int_person_leads") }}
),

measured as (
    select
        customer_id,
        as_of_date,
        {{ sum_within("1", 364) }} as lead_count_364d,
        sum(case when known_outcome is null then 1 else 0 end) as open_lead_count,
        sum(case when known_outcome = 'won' then 1 else 0 end) as won_lead_count,
        sum(case when known_outcome = 'lost' then 1 else 0 end) as lost_lead_count,
        min(age_days) as days_since_last_lead
    from leads
    group by
        customer_id,
        as_of_date
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        {% for name in ["lead_count_364d", "open_lead_count", "won_lead_count", "lost_lead_count"] -%}
        cast({{ where_available("has_leads", "measured." ~ name) }} as bigint) as {{ name }},
        {% endfor -%}
        cast(measured.days_since_last_lead as bigint) as days_since_last_lead
    from spine
    cross join availability
    left join measured
        on spine.customer_id = measured.customer_id
        and spine.as_of_date = measured.as_of_date
)

select * from final
