with

spine as (
    select * from {{ ref("int_spine") }}
),

catalogue as (
    select * from {{ ref("score_catalogue") }}
    where score_name = 'offer_affinity'
),

results as (
    select * from {{ ref("score_offer_results") }}
    where score_name = 'offer_affinity'
),

purchases as (
    select * from {{ ref("feat_offer_purchases") }}
),

new_offers as (
    select
        results.*,
        row_number() over (
            partition by results.customer_id, results.as_of_date
            order by results.offer_rank
        ) as new_rank
    from results
    left join purchases
        on results.customer_id = purchases.customer_id
        and results.as_of_date = purchases.as_of_date
        and results.offer_id = purchases.offer_id
    where purchases.customer_id is null and results.offer_rank is not null
),

best as (
    select
        customer_id,
        as_of_date,
        max(case when offer_rank = 1 then offer_id end) as next_best_offer,
        min(null_reason) as null_reason
    from results
    group by
        customer_id,
        as_of_date
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        best.next_best_offer,
        new_offers.offer_id as next_new_offer,
        case
            when not catalogue.is_on then 'not in sector'
            when best.customer_id is null then 'no offer'
            else best.null_reason
        end as no_offer_reason
    from spine
    cross join catalogue
    left join best
        on spine.customer_id = best.customer_id
        and spine.as_of_date = best.as_of_date
    left join new_offers
        on spine.customer_id = new_offers.customer_id
        and spine.as_of_date = new_offers.as_of_date
        and new_offers.new_rank = 1
)

select * from final
