with

feedback as (
    select * from {{ ref("stg_crm__feedback") }}
    where row_status = 'accepted'
),

spine as (
    select * from {{ ref("int_source_spine") }}
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        feedback.feedback_id,
        feedback.given_date,
        feedback.feedback_type,
        feedback.rating,
        {{ days_between("feedback.given_date", "spine.as_of_date") }} as age_days,
        coalesce(feedback.resolved_date < spine.as_of_date, false) as is_resolved
    from feedback
    inner join spine
        on feedback.customer_id = spine.source_customer_id
    where feedback.given_date < spine.as_of_date
)

select * from final
