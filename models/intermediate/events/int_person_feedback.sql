with

feedback as (
    select * from {{ ref("stg_crm__feedback") }}
    where row_status = 'accepted'
),

links as (
    select * from {{ ref("int_person_links") }}
),

spine as (
    select * from {{ ref("int_spine") }}
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
    inner join links
        on feedback.customer_id = links.source_customer_id
    inner join spine
        on links.customer_id = spine.customer_id
        and links.as_of_date = spine.as_of_date
    where feedback.given_date < spine.as_of_date
)

select * from final
