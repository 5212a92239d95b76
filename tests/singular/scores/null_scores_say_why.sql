/*
    A row is a score that is null without a reason, or has a reason and a value. Both come from score_results:
    correct the judgement there.
*/
select
    customer_id,
    score_name,
    score,
    score_raw,
    null_reason
from {{ ref("customer_scores") }}
where
    (score is null) <> (null_reason is not null)
    or (score_raw is null) <> (null_reason is not null)
{%- for score in person_scores() %}
union all
select
    customer_id,
    '{{ score }}' as score_name,
    {{ score }} as score,
    null as score_raw,
    {{ score }}_reason_missing as null_reason
from {{ ref("scored_customers") }}
where ({{ score }} is null) <> ({{ score }}_reason_missing is not null)
{%- endfor %}
