/*
    A row is a version of a delivery of which a base_ table holds rows although it was replaced or withdrawn, or
    is of another table. The pre-hook of the base_ models removes such rows: see that it ran.
*/
with

deliveries as (
    select * from {{ ref("base_deliveries") }}
),

landed as (
    {% for staged in staged_tables() -%}
    select distinct
        '{{ staged.source }}' as source_name,
        '{{ staged.table }}' as table_name,
        _version as delivery_version
    from {{ ref("base_" ~ staged.source ~ "__" ~ staged.table) }}
    {{ "union all" if not loop.last }}
    {% endfor -%}
)

select
    landed.source_name,
    landed.table_name,
    landed.delivery_version
from landed
left join deliveries
    on landed.source_name = deliveries.source_name
    and landed.table_name = deliveries.table_name
    and landed.delivery_version = deliveries.delivery_version
where deliveries.delivery_version is null
