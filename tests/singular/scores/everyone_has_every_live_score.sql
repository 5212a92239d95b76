/*
    A row is a person of the spine without a row of a live score, null ones included, or a row for somebody else
    or for a score that is off. A score without a row is a join that lost people: look in score_sums and
    score_results. In a big warehouse a thirteenth of the people is looked at each day: score_judged and
    score_overall, of which customer_scores makes rows, are held against the spine whole.
*/
with

runs as (
    select * from {{ ref("int_run") }}
),

expected as (
    select
        spine.customer_id,
        spine.as_of_date,
        catalogue.score_name
    from {{ ref("int_spine") }} as spine
    inner join runs
        on spine.as_of_date = runs.as_of_date
    cross join {{ ref("score_catalogue") }} as catalogue
    where catalogue.is_on and catalogue.grain = 'person' and {{ in_part_of_the_day("spine.customer_id") }}
),

scores as (
    select * from {{ ref("customer_scores") }}
    where {{ in_part_of_the_day("customer_id") }}
)

select
    coalesce(expected.customer_id, scores.customer_id) as customer_id,
    coalesce(expected.score_name, scores.score_name) as score_name,
    case when scores.customer_id is null then 'no row' else 'a row too many' end as fault
from expected
full outer join scores
    on expected.customer_id = scores.customer_id
    and expected.as_of_date = scores.as_of_date
    and expected.score_name = scores.score_name
where expected.customer_id is null or scores.customer_id is null
