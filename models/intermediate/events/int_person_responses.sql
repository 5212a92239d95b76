with

responses as (
    select * from {{ ref("stg_marketing__responses") }}
    where row_status = 'accepted'
),

spine as (
    select * from {{ ref("int_source_spine") }}
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        responses.response_id,
        responses.campaign_id,
        responses.responded_date,
        {{ days_between("responses.responded_date", "spine.as_of_date") }} as age_days
    from responses
    inner join spine
        on responses.customer_id = spine.source_customer_id
    where responses.responded_date < spine.as_of_date
)

select * from final
