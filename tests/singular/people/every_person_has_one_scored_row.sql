/*
    A row is a person of the run's date without a row in scored_customers, with more than one, or a row for
    nobody. A join of scored_customers lost or repeated people: look at the one that was changed last.
*/
with

persons as (
    select persons.customer_id
    from {{ ref("int_persons") }} as persons
    inner join {{ ref("int_run") }} as runs
        on persons.as_of_date = runs.as_of_date
),

scored as (
    select
        customer_id,
        count(*) as row_count
    from {{ ref("scored_customers") }}
    group by customer_id
)

select
    coalesce(persons.customer_id, scored.customer_id) as customer_id,
    coalesce(scored.row_count, 0) as row_count
from persons
full outer join scored
    on persons.customer_id = scored.customer_id
where persons.customer_id is null or coalesce(scored.row_count, 0) <> 1
