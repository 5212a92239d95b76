{#-
    Chains are followed by doubling: four steps reach sixteen merges. What then still moves is a cycle, whose least key
    stands for all.
-#}
{%- set steps = 4 -%}
with

source_customers as (
    select * from {{ ref("int_source_customer_dates") }}
),

links_0 as (
    select
        source_customer_id,
        as_of_date,
        coalesce(merged_into, source_customer_id) as target_id,
        least(coalesce(merged_into, source_customer_id), source_customer_id) as least_id
    from source_customers
),

{% for step in range(1, steps + 1) %}
links_{{ step }} as (
    select
        links.source_customer_id,
        links.as_of_date,
        coalesce(targets.target_id, links.target_id) as target_id,
        least(links.least_id, coalesce(targets.least_id, links.least_id)) as least_id
    from links_{{ step - 1 }} as links
    left join links_{{ step - 1 }} as targets
        on links.target_id = targets.source_customer_id
        and links.as_of_date = targets.as_of_date
),

{% endfor %}
final as (
    select
        links.source_customer_id,
        links.as_of_date,
        case
            when coalesce(targets.merged_into, links.target_id) = links.target_id then links.target_id
            else cycles.least_id
        end as customer_id
    from links_{{ steps }} as links
    left join source_customers as targets
        on links.target_id = targets.source_customer_id
        and links.as_of_date = targets.as_of_date
    left join links_{{ steps }} as cycles
        on links.target_id = cycles.source_customer_id
        and links.as_of_date = cycles.as_of_date
)

select * from final
