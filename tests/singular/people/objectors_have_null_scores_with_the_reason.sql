/*
    A row is a score of somebody who objects to profiling or is deleted, or a null one without that reason.
    Nothing may be worked out about them: correct scored_customers before anything is published.
*/
with

refused as (
    select
        persons.customer_id,
        case when persons.is_deleted then 'deleted in the CRM' else 'objects to profiling' end as reason
    from {{ ref("int_persons") }} as persons
    inner join {{ ref("int_run") }} as runs
        on persons.as_of_date = runs.as_of_date
    where persons.has_profiling_objection or persons.is_deleted
),

scored as (
    select * from {{ ref("scored_customers") }}
)

select
    scored.customer_id,
    refused.reason
from scored
inner join refused
    on scored.customer_id = refused.customer_id
where
    scored.overall is not null
    or scored.segment_code is not null
    or scored.overall_rank is not null
    or scored.reason_1_en is not null
    {%- for score in person_scores() %}
    or scored.{{ score }} is not null
    or coalesce(scored.{{ score }}_reason_missing <> refused.reason, true)
    {%- endfor %}
