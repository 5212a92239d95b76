with

touches as (
    select * from {{ ref("stg_marketing__touches") }}
    where row_status = 'accepted' and status = 'planned' and not is_control and not is_transactional
),

campaigns as (
    select * from {{ ref("stg_marketing__campaigns") }}
    where row_status = 'accepted'
),

weights as (
    select * from {{ ref("channel_weights") }}
),

spine as (
    select * from {{ ref("int_source_spine") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

/* What was planned on an earlier date nobody wrote down: a plan is known for the date of the run alone. */
final as (
    select
        spine.customer_id,
        spine.as_of_date,
        count(*) as planned_touch_count_28d,
        cast(sum(cast(coalesce(weights.weight, 1) as decimal(9, 3))) as decimal(18, 6))
            as planned_weighted_touches_28d
    from touches
    inner join spine
        on touches.customer_id = spine.source_customer_id
    inner join runs
        on spine.as_of_date = runs.as_of_date
    left join campaigns
        on touches.campaign_id = campaigns.campaign_id
    left join weights
        on coalesce(touches.channel, campaigns.channel, 'unknown') = weights.channel
    where
        touches.touched_date >= spine.as_of_date
        and {{ days_between("spine.as_of_date", "touches.touched_date") }} < 28
    group by
        spine.customer_id,
        spine.as_of_date
)

select * from final
