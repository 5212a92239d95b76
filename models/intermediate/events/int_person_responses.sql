with

responses as (
    select * from {{ ref("stg_marketing__responses") }}
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
        responses.response_id,
        responses.campaign_id,
        responses.responded_date,
        {{ days_between("responses.responded_date", "spine.as_of_date") }} as age_days
    from responses
    inner join links
        on responses.customer_id = links.source_customer_id
    inner join spine
        on links.customer_id = spine.customer_id
        and links.as_of_date = spine.as_of_date
    where responses.responded_date < spine.as_of_date
)

select * from final
