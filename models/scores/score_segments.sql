with

features as (
    select * from {{ ref("feat_customers") }}
),

lifecycles as (
    select * from {{ ref("feat_lifecycle") }}
),

habits as (
    select * from {{ ref("score_habits") }}
),

tiers as (
    select * from {{ ref("segment_texts") }}
    where segment_kind = 'value_tier'
),

cutoffs as (
    select * from {{ ref("segment_cutoffs") }}
),

rules as (
    select * from {{ ref("segment_rules") }}
),

buyers as (
    select
        features.customer_id,
        features.as_of_date,
        recency.level as recency_level,
        frequency.level as frequency_level,
        value_.level as value_level
    from features
    inner join cutoffs as recency
        on recency.dimension = 'recency'
        and features.days_since_last_order >= coalesce(recency.lower_bound, -1e12)
        and features.days_since_last_order < coalesce(recency.upper_bound, 1e12)
    inner join cutoffs as frequency
        on frequency.dimension = 'frequency'
        and features.order_count_364d >= coalesce(frequency.lower_bound, -1e12)
        and features.order_count_364d < coalesce(frequency.upper_bound, 1e12)
    inner join cutoffs as value_
        on value_.dimension = 'value'
        and features.order_amount_364d >= coalesce(value_.lower_bound, -1e12)
        and features.order_amount_364d < coalesce(value_.upper_bound, 1e12)
),

ruled as (
    select
        buyers.*,
        rules.segment_code,
        rules.segment_en,
        rules.segment_fr,
        rules.treatment_en,
        rules.treatment_fr,
        row_number() over (
            partition by buyers.customer_id, buyers.as_of_date
            order by rules.place
        ) as match_rank
    from buyers
    inner join rules
        on buyers.recency_level between rules.recency_from and rules.recency_to
        and buyers.frequency_level between rules.frequency_from and rules.frequency_to
        and buyers.value_level between rules.value_from and rules.value_to
),

final as (
    select
        features.customer_id,
        features.as_of_date,
        lifecycles.lifecycle,
        ruled.recency_level,
        ruled.frequency_level,
        ruled.value_level,
        tiers.segment_code as value_tier,
        tiers.segment_en as value_tier_en,
        tiers.segment_fr as value_tier_fr,
        habits.habit_code,
        habits.habit_en,
        habits.habit_fr,
        coalesce(ruled.segment_code, 'prospects') as segment_code,
        coalesce(ruled.segment_en, 'Prospects') as segment_en,
        coalesce(ruled.segment_fr, 'Prospects') as segment_fr,
        coalesce(ruled.treatment_en, 'Find out what they are looking for.') as treatment_en,
        coalesce(ruled.treatment_fr, '{{ sql_text("Découvrir ce qu'ils cherchent.") }}') as treatment_fr
    from features
    inner join lifecycles
        on features.customer_id = lifecycles.customer_id
        and features.as_of_date = lifecycles.as_of_date
    left join habits
        on features.customer_id = habits.customer_id
        and features.as_of_date = habits.as_of_date
    left join ruled
        on features.customer_id = ruled.customer_id
        and features.as_of_date = ruled.as_of_date
        and ruled.match_rank = 1
    -- Tiers are listed from the best, levels from the worst.
    left join tiers
        on ruled.value_level = 6 - tiers.place
)

select * from final
