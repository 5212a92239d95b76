/*
    A row is a feature of a bin set whose shares of the reference population do not sum to 1; all 0 is allowed
    while nobody has counted. Count again, over the reference population.
*/
select
    bin_set,
    feature,
    sum(reference_share) as share_sum
from {{ ref("feature_bins") }}
group by
    bin_set,
    feature
having abs(sum(reference_share) - 1) > 0.00001 and max(reference_share) > 0
