with

spine as (
    select * from {{ ref("int_spine") }}
),

availability as (
    select * from {{ ref("int_availability") }}
),

feedback as (
    select * from {{ ref("int_person_feedback") }}
),

/* Marks on one scale, 0 to 1: NPS runs from 0 to 10, the others from 1 to 5. */
rated as (
    select
        *,
        case
            when feedback_type = 'nps' then cast(rating / 10 as decimal(18, 6))
            when feedback_type in ('csat', 'review') then cast((rating - 1) / 4 as decimal(18, 6))
        end as mark,
        row_number() over (
            partition by customer_id, as_of_date, feedback_type
            order by given_date desc, feedback_id desc
        ) as recency_rank
    from feedback
),

measured as (
    select
        customer_id,
        as_of_date,
        {{ sum_within("1", 364, "feedback_type <> 'complaint'") }} as feedback_count_364d,
        {{ sum_within("1", 364, "feedback_type = 'complaint'") }} as complaint_count_364d,
        sum(case when feedback_type = 'complaint' and not is_resolved then 1 else 0 end) as open_complaint_count,
        min(case when feedback_type = 'complaint' then age_days end) as days_since_last_complaint,
        max(case when feedback_type = 'nps' and recency_rank = 1 then rating end) as last_nps_rating,
        sum(case when mark is not null then mark * {{ decay("age_days", 180) }} end) as mark_sum,
        sum(case when mark is not null then {{ decay("age_days", 180) }} end) as mark_weight
    from rated
    group by
        customer_id,
        as_of_date
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        cast({{ where_available("has_feedback", "measured.feedback_count_364d") }} as bigint) as feedback_count_364d,
        cast({{ where_available("has_feedback", "measured.complaint_count_364d") }} as bigint) as complaint_count_364d,
        cast({{ where_available("has_feedback", "measured.open_complaint_count") }} as bigint) as open_complaint_count,
        cast(measured.days_since_last_complaint as bigint) as days_since_last_complaint,
        cast(measured.last_nps_rating as decimal(18, 4)) as last_nps_rating,
        case
            when measured.mark_weight > 0
                then {{ quantise(shrunk_mean("measured.mark_sum", "measured.mark_weight", "satisfaction_mark")) }}
        end as satisfaction_mark
    from spine
    cross join availability
    left join measured
        on spine.customer_id = measured.customer_id
        and spine.as_of_date = measured.as_of_date
)

select * from final
