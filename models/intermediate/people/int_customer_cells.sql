with

customers as (
    select * from {{ ref("stg_crm__customers") }}
    where row_status = 'accepted'
),

runs as (
    select * from {{ ref("int_run") }}
),

final as (
    select
        customers.customer_id,
        {{ select_columns(customer_columns(), "customers") }},
        coalesce(customers.updated_at, cast(runs.data_date - 1 as timestamp)) as known_at,
        customers.updated_at is not null as has_known_past,
        row_number() over (
            partition by customers.customer_id
            order by customers.updated_at desc nulls last
        ) = 1 as is_latest
    from customers
    cross join runs
)

select * from final
