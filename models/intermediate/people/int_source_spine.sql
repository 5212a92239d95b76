with

links as (
    select * from {{ ref("int_person_links") }}
),

spine as (
    select * from {{ ref("int_spine") }}
),

final as (
    select
        links.source_customer_id,
        spine.as_of_date,
        spine.customer_id
    from links
    inner join spine
        on links.customer_id = spine.customer_id
        and links.as_of_date = spine.as_of_date
)

select * from final
