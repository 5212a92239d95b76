with

crm_merges as (
    select * from {{ ref("int_customer_merges") }}
),

components as (
    select * from {{ ref("int_identity_components") }}
    where not is_contradicted
),

final as (
    select
        crm_merges.source_customer_id,
        crm_merges.as_of_date,
        coalesce(components.component_customer_id, crm_merges.customer_id) as customer_id,
        components.customer_id is not null as is_linked
    from crm_merges
    left join components
        on crm_merges.customer_id = components.customer_id
        and crm_merges.as_of_date = components.as_of_date
)

select * from final
