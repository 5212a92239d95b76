with

targets as (
    select
        targets.target_name,
        targets.target_kind,
        targets.horizon_days,
        catalogue.population,
        catalogue.active_days,
        case
            when targets.target_kind in ('order_in_horizon', 'no_order_in_horizon', 'net_revenue', 'order_count')
                then 'order'
            when targets.target_kind = 'response_to_touch' then 'response'
            else targets.target_kind
        end as event_name
    from {{ ref("score_targets") }} as targets
    inner join {{ ref("score_catalogue") }} as catalogue
        on targets.score_name = catalogue.score_name
),

delivered as (
    select distinct source_name || '.' || table_name as table_name
    from {{ ref("base_contract_columns") }}
    where is_delivered
),

/* Tables that tell whether an event happened; any of them will do. */
informed as (
    select targets.target_name
    from targets
    inner join delivered
        on delivered.table_name = case
            when targets.event_name = 'order' then 'sales.orders'
            when targets.event_name = 'response' then 'marketing.responses'
            when targets.event_name = 'lead_won' then 'crm.leads'
            when targets.event_name like 'event:%' then 'outcomes.events'
        end
        or (
            targets.event_name = 'late_or_default'
            and delivered.table_name in ('finance.invoices', 'finance.loans')
        )
    group by targets.target_name
),

runs as (
    select * from {{ ref("int_run") }}
),

dates as (
    select as_of_date from {{ ref("int_as_of_dates") }}
    where not is_run_date
),

links as (
    select links.*
    from {{ ref("int_person_links") }} as links
    inner join dates
        on links.as_of_date = dates.as_of_date
),

features as (
    select features.*
    from {{ ref("feat_customers") }} as features
    inner join dates
        on features.as_of_date = dates.as_of_date
),

/* The kind is a column, since a condition on the other side alone would make a loop of the join below. */
touched as (
    select distinct
        'response_to_touch' as target_kind,
        links.customer_id,
        links.as_of_date,
        touches.campaign_id
    from {{ ref("stg_marketing__touches") }} as touches
    inner join {{ ref("stg_marketing__campaigns") }} as campaigns
        on touches.campaign_id = campaigns.campaign_id
        and touches.touched_date >= campaigns.start_date
        and touches.touched_date <= coalesce(campaigns.end_date, campaigns.start_date)
    inner join links
        on touches.customer_id = links.source_customer_id
        and campaigns.start_date = links.as_of_date
    where
        touches.row_status = 'accepted' and campaigns.row_status = 'accepted'
        and touches.status = 'sent' and not touches.is_control and not touches.is_transactional
),

/* A row whose horizon is not over has no answer: what has not happened yet may still happen. */
final as (
    select
        features.customer_id,
        features.as_of_date,
        targets.target_name,
        coalesce(touched.campaign_id, '') as campaign_id,
        targets.target_kind,
        targets.event_name,
        cast(features.as_of_date + targets.horizon_days as date) as until_date,
        case
            when informed.target_name is null then 'outcomes not delivered'
            when features.as_of_date + targets.horizon_days > runs.as_of_date then 'horizon not complete'
            else {{ outside_population("features", "targets.population", "targets.active_days") }}
        end as null_reason
    from features
    cross join targets
    cross join runs
    left join informed
        on targets.target_name = informed.target_name
    left join touched
        on targets.target_kind = touched.target_kind
        and features.customer_id = touched.customer_id
        and features.as_of_date = touched.as_of_date
    where targets.target_kind <> 'response_to_touch' or touched.campaign_id is not null
)

select * from final
