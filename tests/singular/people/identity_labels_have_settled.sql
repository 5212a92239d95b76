-- Keys that link, but whose bearers are not one person: chains are longer than the passes of the model reach.
select
    shared_keys.as_of_date,
    shared_keys.key_digest,
    count(*) as row_count
from {{ ref("int_identity_shared_keys") }} as shared_keys
left join {{ ref("int_identity_components") }} as components
    on shared_keys.customer_id = components.customer_id
    and shared_keys.as_of_date = components.as_of_date
where shared_keys.outcome = 'links'
group by
    shared_keys.as_of_date,
    shared_keys.key_digest
having
    min(components.component_customer_id) <> max(components.component_customer_id)
    or count(components.component_customer_id) < count(*)
