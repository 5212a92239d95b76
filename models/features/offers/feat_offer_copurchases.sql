with

purchases as (
    select * from {{ ref("feat_offer_purchases") }}
),

copurchases as (
    select * from {{ ref("reference_copurchases") }}
),

final as (
    select
        purchases.customer_id,
        purchases.as_of_date,
        copurchases.offer_id,
        cast(sum(copurchases.lift_weight) as decimal(18, 6)) as copurchase_lift
    from purchases
    inner join copurchases
        on purchases.offer_id = copurchases.taken_offer_id
    group by
        purchases.customer_id,
        purchases.as_of_date,
        copurchases.offer_id
)

select * from final
