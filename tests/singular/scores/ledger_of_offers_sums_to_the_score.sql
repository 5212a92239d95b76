/*
    A row is a pair of a person and an offer whose ledger does not sum to its score, or that has one without the
    other. The sums and the ledger read the same bins and rows of the card, so look for a card whose points
    changed between two models of one run: build again.
*/
with

ledger as (
    select
        customer_id,
        offer_id,
        score_name,
        sum(points) as ledger_sum,
        sum(case when feature <> '(limit)' then points else 0 end) as ledger_sum_before_limits
    from {{ ref("offer_contributions") }}
    group by
        customer_id,
        offer_id,
        score_name
),

scores as (
    select * from {{ ref("scored_offers") }}
    where null_reason is null
)

select
    coalesce(scores.customer_id, ledger.customer_id) as customer_id,
    coalesce(scores.offer_id, ledger.offer_id) as offer_id,
    scores.score,
    scores.score_raw,
    ledger.ledger_sum,
    ledger.ledger_sum_before_limits
from scores
full outer join ledger
    on scores.customer_id = ledger.customer_id
    and scores.offer_id = ledger.offer_id
    and scores.score_name = ledger.score_name
where
    coalesce(scores.score <> ledger.ledger_sum, true)
    or coalesce(scores.score_raw <> ledger.ledger_sum_before_limits, true)
