with

final as (
    select * from {{ ref("feat_campaigns") }}
)

select * from final
