/*
    A row is a constant that the features use and reference_statistics lacks, or one that is not above 0: the
    feature would be null for everyone. Add it, with its date and source.
*/
with

needed as (
    select listed.statistic_name
    from (
        values
        ('gap_share_variance'), ('gap_share_variance_weight'), ('response_rate'), ('response_rate_weight'),
        ('satisfaction_mark'), ('satisfaction_mark_weight')
    ) as listed (statistic_name)
)

select
    needed.statistic_name,
    measured.statistic_value
from needed
left join {{ ref("reference_statistics") }} as measured
    on needed.statistic_name = measured.statistic_name
where not coalesce(measured.statistic_value > 0, false)
