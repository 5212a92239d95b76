{#- A verdict has no direction: the pair is written with the lesser key first. -#}
with

links as (
    select * from {{ ref("stg_crm__identity_links") }}
    where row_status = 'accepted' and customer_id <> other_customer_id
),

dates as (
    select * from {{ ref("int_as_of_dates") }}
),

ranked as (
    select
        dates.as_of_date,
        least(links.customer_id, links.other_customer_id) as customer_id,
        greatest(links.customer_id, links.other_customer_id) as other_customer_id,
        links.verdict,
        row_number() over (
            partition by
                dates.as_of_date,
                least(links.customer_id, links.other_customer_id),
                greatest(links.customer_id, links.other_customer_id)
            order by links.decided_at desc, links.verdict asc
        ) as place
    from links
    inner join dates
        on links.decided_date < dates.as_of_date
),

final as (
    select
        customer_id,
        other_customer_id,
        as_of_date,
        verdict
    from ranked
    where place = 1
)

select * from final
