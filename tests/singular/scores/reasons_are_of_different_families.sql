/*
    A row is a person who is told two reasons of one family in one direction: three windows of one habit.
    score_sums groups by family; look for a feature that stands under two families.
*/
with

families as (
    select distinct
        bin_set,
        feature,
        reason_family
    from {{ ref("score_card_points") }}
)

select
    reasons.customer_id,
    reasons.as_of_date,
    reasons.score_name,
    reasons.direction,
    families.reason_family
from {{ ref("score_reasons") }} as reasons
inner join families
    on reasons.feature = families.feature
group by
    reasons.customer_id,
    reasons.as_of_date,
    reasons.score_name,
    reasons.direction,
    families.reason_family
having count(distinct reasons.place) > 1
