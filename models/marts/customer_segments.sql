with

segments as (
    select * from {{ ref("score_segments") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

final as (
    select
        segments.customer_id,
        segments.as_of_date,
        segments.lifecycle,
        segments.recency_level,
        segments.frequency_level,
        segments.value_level,
        segments.value_tier,
        segments.value_tier_en,
        segments.value_tier_fr,
        segments.habit_code,
        segments.habit_en,
        segments.habit_fr,
        segments.segment_code,
        segments.segment_en,
        segments.segment_fr,
        segments.treatment_en,
        segments.treatment_fr
    from segments
    inner join runs
        on segments.as_of_date = runs.as_of_date
)

select * from final
