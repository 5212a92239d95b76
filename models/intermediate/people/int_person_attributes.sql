with

attributes as (
    select
        attributes.*,
        coalesce(attributes.updated_at, cast(runs.data_date - 1 as timestamp)) as known_at
    from {{ ref("stg_crm__customer_attributes") }} as attributes
    cross join {{ ref("int_run") }} as runs
    where attributes.row_status = 'accepted'
),

links as (
    select * from {{ ref("int_person_links") }}
),

ranked as (
    select
        links.customer_id,
        links.as_of_date,
        attributes.attribute,
        attributes.value,
        row_number() over (
            partition by links.customer_id, links.as_of_date, attributes.attribute
            order by
                case when links.customer_id = links.source_customer_id then 0 else 1 end asc,
                attributes.known_at desc,
                links.source_customer_id asc
        ) as place
    from attributes
    inner join links
        on attributes.customer_id = links.source_customer_id
        and {{ business_date("attributes.known_at") }} < links.as_of_date
),

final as (
    select
        customer_id,
        as_of_date,
        'attribute_' || attribute as feature,
        value as text_value,
        {{ number_or_null("value") }} as number_value
    from ranked
    where place = 1
)

select * from final
