with

final as (
    select * from {{ ref("feat_customers") }}
)

select * from final
