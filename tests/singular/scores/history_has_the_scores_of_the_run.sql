/*
    A row is a score of this run that score_history lacks, or has with another value. The history replaces the
    date of the run in a pre-hook: see that it ran.
*/
with

scores as (
    select * from {{ ref("customer_scores") }}
    where score_name <> 'overall'
),

runs as (
    select * from {{ ref("int_run") }}
),

history as (
    select history.*
    from {{ ref("score_history") }} as history
    inner join runs
        on history.as_of_date = runs.as_of_date
)

select
    coalesce(scores.customer_id, history.customer_id) as customer_id,
    coalesce(scores.score_name, history.score_name) as score_name,
    scores.score_raw,
    history.score_raw as history_score_raw
from scores
full outer join history
    on scores.customer_id = history.customer_id
    and scores.as_of_date = history.as_of_date
    and scores.score_name = history.score_name
where
    scores.customer_id is null
    or history.customer_id is null
    or coalesce(scores.score_raw, -99) <> coalesce(history.score_raw, -99)
    or coalesce(scores.null_reason, '') <> coalesce(history.null_reason, '')
    or history.bin_codes is null
