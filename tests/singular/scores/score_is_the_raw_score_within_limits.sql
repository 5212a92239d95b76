/*
    A row is a score that is not its raw score cut off at 0 and 10. Look at the last select of score_results and
    score_overall.
*/
select
    customer_id,
    score_name,
    score_raw,
    score
from {{ ref("customer_scores") }}
where score <> greatest(least(score_raw, 10), 0)
