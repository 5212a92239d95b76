{%- set habit_features = [
    "online_order_share_364d", "coupon_order_share_182d", "discount_share_182d", "median_gap_days_364d",
    "average_basket_lines_182d", "category_count_182d", "top_category_share_182d", "order_count_182d",
] -%}
with

features as (
    select * from {{ ref("feat_customers") }}
),

rules as (
    select * from {{ ref("habit_rules") }}
),

texts as (
    select * from {{ ref("segment_texts") }}
    where segment_kind = 'habit'
),

/* A feature that is missing or was never delivered keeps no rule that asks for it. */
matched as (
    select
        features.customer_id,
        features.as_of_date,
        min(rules.place) as place
    from features
    inner join rules
        on {{ keeps_rule(habit_features) }}
    where features.order_count_lifetime > 0
    group by
        features.customer_id,
        features.as_of_date
),

final as (
    select
        matched.customer_id,
        matched.as_of_date,
        rules.habit_code,
        texts.segment_en as habit_en,
        texts.segment_fr as habit_fr
    from matched
    inner join rules
        on matched.place = rules.place
    inner join texts
        on rules.habit_code = texts.segment_code
)

select * from final
