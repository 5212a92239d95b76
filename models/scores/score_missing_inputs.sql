with

requirements as (
    select * from {{ ref("score_requirements") }}
),

availability as (
    select * from {{ ref("int_feature_availability") }}
),

final as (
    select
        requirements.score_name,
        min(requirements.feature) as feature
    from requirements
    inner join availability
        on requirements.feature = availability.feature
    where not availability.is_available
    group by requirements.score_name
)

select * from final
