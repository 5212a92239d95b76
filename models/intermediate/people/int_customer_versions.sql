with

delivered as (
    select * from {{ ref("int_customer_cells") }}
    where has_known_past
),

remembered as (
    select * from {{ ref("snap_customer_cells") }}
),

versions as (
    select
        delivered.customer_id,
        {{ select_columns(customer_columns(), "delivered") }},
        delivered.known_at,
        1 as origin_place,
        cast(null as timestamp) as valid_to
    from delivered
    union all
    select
        remembered.customer_id,
        {{ select_columns(customer_columns(), "remembered") }},
        remembered.known_at,
        2 as origin_place,
        cast(remembered.dbt_valid_to as timestamp) as valid_to
    from remembered
),

ranked as (
    select
        versions.*,
        row_number() over (
            partition by versions.customer_id, versions.known_at
            order by versions.origin_place asc, versions.valid_to desc nulls first
        ) as place
    from versions
),

final as (
    select
        ranked.customer_id,
        {{ select_columns(customer_columns(), "ranked") }},
        ranked.known_at,
        {{ business_date("ranked.known_at") }} as known_date,
        {{ business_date("ranked.created_at") }} as created_date,
        row_number() over (
            partition by ranked.customer_id
            order by ranked.known_at
        ) = 1 as is_first
    from ranked
    where ranked.place = 1
)

select * from final
