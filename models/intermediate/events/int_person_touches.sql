with

touches as (
    select * from {{ ref("stg_marketing__touches") }}
    where row_status = 'accepted' and status = 'sent' and not is_control
),

campaigns as (
    select * from {{ ref("stg_marketing__campaigns") }}
    where row_status = 'accepted'
),

spine as (
    select * from {{ ref("int_source_spine") }}
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        touches.touch_id,
        touches.campaign_id,
        campaigns.campaign_type,
        coalesce(touches.channel, campaigns.channel, 'unknown') as channel,
        touches.is_transactional,
        touches.touched_date,
        {{ days_between("touches.touched_date", "spine.as_of_date") }} as age_days
    from touches
    inner join spine
        on touches.customer_id = spine.source_customer_id
    left join campaigns
        on touches.campaign_id = campaigns.campaign_id
        and spine.as_of_date >= campaigns.start_date
    where touches.touched_date < spine.as_of_date
)

select * from final
