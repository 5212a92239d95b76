/*
    A row is a score of which score_history has not as many rows for the date of this run as there are people on the
    spine, or a score of this run that it lacks or has with another value. The history replaces the date of the run
    in a pre-hook: see that it ran. In a big warehouse values are looked at for a thirteenth of the people each day.
*/
with

runs as (
    select * from {{ ref("int_run") }}
),

history as {{ inlined() }} (
    select history.*
    from {{ ref("score_history") }} as history
    inner join runs
        on history.as_of_date = runs.as_of_date
),

people as (
    select count(*) as person_count
    from {{ ref("int_spine") }} as spine
    inner join runs
        on spine.as_of_date = runs.as_of_date
),

counted as (
    select
        score_name,
        count(*) as row_count
    from history
    group by score_name
),

scores_of_part as (
    select * from {{ ref("customer_scores") }}
    where score_name <> 'overall' and {{ in_part_of_the_day("customer_id") }}
),

history_of_part as (
    select * from history
    where {{ in_part_of_the_day("customer_id") }}
)

select
    {{ as_text("null") }} as customer_id,
    counted.score_name,
    {{ as_text("counted.row_count") }} || ' rows of ' || {{ as_text("people.person_count") }} || ' people' as fault
from counted
cross join people
where counted.row_count <> people.person_count
union all
select
    coalesce(scores.customer_id, history.customer_id) as customer_id,
    coalesce(scores.score_name, history.score_name) as score_name,
    case
        when history.customer_id is null then 'not in the history'
        when scores.customer_id is null then 'in the history alone'
        else 'of another value in the history'
    end as fault
from scores_of_part as scores
full outer join history_of_part as history
    on scores.customer_id = history.customer_id
    and scores.as_of_date = history.as_of_date
    and scores.score_name = history.score_name
where
    scores.customer_id is null
    or history.customer_id is null
    or coalesce(scores.score_raw, -99) <> coalesce(history.score_raw, -99)
    or coalesce(scores.null_reason, '') <> coalesce(history.null_reason, '')
    or history.bin_codes is null
