/*
    A row is a score that the points of its ledger do not sum to, a score without a ledger, or a ledger without
    a score. The engine and the ledger read the same bins and points, so look for a card whose points changed
    between two models of one run: build again.
*/
with

ledger as (
    select
        customer_id,
        as_of_date,
        score_name,
        score_version,
        sum(points) as ledger_sum,
        sum(case when feature <> '(limit)' then points else 0 end) as ledger_sum_before_limits
    from {{ ref("score_contributions") }}
    group by
        customer_id,
        as_of_date,
        score_name,
        score_version
),

scores as (
    select * from {{ ref("customer_scores") }}
    where null_reason is null
)

select
    coalesce(scores.customer_id, ledger.customer_id) as customer_id,
    coalesce(scores.score_name, ledger.score_name) as score_name,
    scores.score,
    scores.score_raw,
    ledger.ledger_sum,
    ledger.ledger_sum_before_limits
from scores
full outer join ledger
    on scores.customer_id = ledger.customer_id
    and scores.as_of_date = ledger.as_of_date
    and scores.score_name = ledger.score_name
    and scores.score_version = ledger.score_version
where
    coalesce(scores.score <> ledger.ledger_sum, true)
    or coalesce(scores.score_raw <> ledger.ledger_sum_before_limits, true)
