/*
    A row is a person who may be profiled and is not in the spine, or is in it after an objection or a deletion.
    Correct int_spine.
*/
with

allowed as (
    select
        customer_id,
        as_of_date
    from {{ ref("int_persons") }}
    where not (has_profiling_objection or is_deleted)
),

spine as (
    select
        customer_id,
        as_of_date
    from {{ ref("int_spine") }}
)

select
    coalesce(allowed.customer_id, spine.customer_id) as customer_id,
    coalesce(allowed.as_of_date, spine.as_of_date) as as_of_date,
    case when spine.customer_id is null then 'not in the spine' else 'may not be in the spine' end as fault
from allowed
full outer join spine
    on allowed.customer_id = spine.customer_id
    and allowed.as_of_date = spine.as_of_date
where allowed.customer_id is null or spine.customer_id is null
