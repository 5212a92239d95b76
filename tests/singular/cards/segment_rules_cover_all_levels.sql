/*
    A row is a combination of levels that no rule names: such a buyer would be taken for a prospect. Widen a
    rule, or add one at the end.
*/
with

levels as (
    select distinct level from {{ ref("segment_cutoffs") }}
),

combinations as (
    select
        recency.level as recency_level,
        frequency.level as frequency_level,
        value_.level as value_level
    from levels as recency
    cross join levels as frequency
    cross join levels as value_
),

rules as (
    select * from {{ ref("segment_rules") }}
)

select combinations.*
from combinations
left join rules
    on combinations.recency_level between rules.recency_from and rules.recency_to
    and combinations.frequency_level between rules.frequency_from and rules.frequency_to
    and combinations.value_level between rules.value_from and rules.value_to
where rules.segment_code is null
