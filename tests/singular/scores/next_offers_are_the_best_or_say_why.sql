/*
    A row is a person without a next best offer and without a reason, or with both; one whose next best offer is
    not the first of their offers; or one whose next new offer they took. Correct score_next_offers.
*/
with

people as (
    select * from {{ ref("scored_customers") }}
),

offers as (
    select * from {{ ref("scored_offers") }}
    where score_name = 'offer_affinity'
),

features as (
    select * from {{ ref("customer_offer_features") }}
)

select
    people.customer_id,
    people.next_best_offer,
    people.next_new_offer,
    people.no_offer_reason,
    best.offer_rank,
    new_offer.offer_day_count_364d
from people
left join offers as best
    on people.customer_id = best.customer_id
    and people.next_best_offer = best.offer_id
left join features as new_offer
    on people.customer_id = new_offer.customer_id
    and people.as_of_date = new_offer.as_of_date
    and people.next_new_offer = new_offer.offer_id
where
    (people.next_best_offer is null) <> (people.no_offer_reason is not null)
    or (people.next_best_offer is not null and coalesce(best.offer_rank <> 1, true))
    or (people.next_new_offer is not null and coalesce(new_offer.offer_day_count_364d <> 0, true))
