{#- The set of delivery versions behind each day of interactions; see int_order_day_versions. -#}
with

interactions as (
    select
        interaction_id,
        occurred_date,
        _version
    from {{ ref("stg_crm__interactions") }}
    where row_reason is null
),

interaction_days as (
    select distinct
        interaction_id,
        occurred_date
    from interactions
),

day_versions as (
    select distinct
        interaction_days.occurred_date,
        interactions._version
    from interaction_days
    inner join interactions
        on interaction_days.interaction_id = interactions.interaction_id
),

final as (
    select
        occurred_date as event_date,
        md5(
            {{ dbt.listagg("_version", "','", "order by _version") }} || '{{ var("business_time_zone") }}'
        ) as version_set
    from day_versions
    group by occurred_date
)

select * from final
