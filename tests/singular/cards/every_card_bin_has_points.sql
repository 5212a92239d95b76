/*
    A row is a bin of a feature that a card uses without points (people in it would lose the feature without a
    word), or points for a bin that does not exist. Add the row to score_points, or take it out.
*/
with

points as (
    select * from {{ ref("score_points") }}
    where feature <> '(base)'
),

bins as (
    select * from {{ ref("feature_bins") }}
),

cards as (
    select distinct
        score_name,
        score_version,
        bin_set,
        feature
    from points
),

card_bins as (
    select
        cards.score_name,
        cards.score_version,
        cards.bin_set,
        cards.feature,
        bins.bin
    from cards
    inner join bins
        on cards.bin_set = bins.bin_set
        and cards.feature = bins.feature
)

select
    coalesce(card_bins.score_name, points.score_name) as score_name,
    coalesce(card_bins.score_version, points.score_version) as score_version,
    coalesce(card_bins.bin_set, points.bin_set) as bin_set,
    coalesce(card_bins.feature, points.feature) as feature,
    coalesce(card_bins.bin, points.bin) as bin,
    case when points.bin is null then 'bin without points' else 'points without bin' end as fault
from card_bins
full outer join points
    on card_bins.score_name = points.score_name
    and card_bins.score_version = points.score_version
    and card_bins.bin_set = points.bin_set
    and card_bins.feature = points.feature
    and card_bins.bin = points.bin
where card_bins.bin is null or points.bin is null
