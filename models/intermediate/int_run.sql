with

latest_events as (
    select max(latest_event_date) as latest_event_date from {{ ref("int_latest_events") }}
),

customers as (
    select max(coalesce(updated_date, created_date)) as latest_change_date
    from {{ ref("stg_crm__customers") }}
    where row_status = 'accepted'
),

deliveries as (
    select max(cast(modified_at as date)) as latest_delivery_date from {{ ref("base_deliveries") }}
),

dated as (
    select
        cast(
            coalesce(
                latest_events.latest_event_date, customers.latest_change_date, deliveries.latest_delivery_date
            ) + 1 as date
        ) as data_date
    from latest_events
    cross join customers
    cross join deliveries
),

final as (
    select
        '{{ run_id() }}' as run_id,
        {{ run_as_of_date("data_date") }} as as_of_date,
        data_date
    from dated
)

select * from final
