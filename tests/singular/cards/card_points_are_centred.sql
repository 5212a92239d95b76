/*
    A row is a feature of a card whose points, weighted by the reference shares, do not sum to 0 (a thousandth
    is allowed), so that 5 would no longer mean the reference. Subtract the weighted mean from each of its
    points and add it to the row (base).
*/
with

points as (
    select * from {{ ref("score_points") }}
    where feature <> '(base)'
),

bins as (
    select * from {{ ref("feature_bins") }}
)

select
    points.score_name,
    points.score_version,
    points.bin_set,
    points.feature,
    sum(bins.reference_share * points.points) as mean_points
from points
inner join bins
    on points.bin_set = bins.bin_set
    and points.feature = bins.feature
    and points.bin = bins.bin
group by
    points.score_name,
    points.score_version,
    points.bin_set,
    points.feature
having abs(sum(bins.reference_share * points.points)) > 0.001
