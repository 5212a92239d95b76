with

final as (
    select * from {{ ref("feat_offers") }}
)

select * from final
