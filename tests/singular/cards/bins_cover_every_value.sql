/*
    A row is a feature of a bin set whose bins leave a value without a bin, or give it two. Ranges must follow
    one another from minus to plus infinity; categories need one bin for values that are not listed; every
    feature needs one missing bin (0) and one absent bin (-1). Make a new bin set with right cut-offs; do not
    change one that a card uses.
*/
with

bins as (
    select * from {{ ref("feature_bins") }}
),

neighbours as (
    select
        bin_set,
        feature,
        bin,
        bin_kind,
        lower_bound,
        upper_bound,
        lag(upper_bound) over (partition by bin_set, feature, bin_kind order by bin) as previous_upper_bound,
        row_number() over (partition by bin_set, feature, bin_kind order by bin) as place,
        row_number() over (partition by bin_set, feature, bin_kind order by bin desc) as place_from_end
    from bins
),

range_faults as (
    select
        bin_set,
        feature,
        'ranges do not follow one another at bin ' || {{ as_text("bin") }} as fault
    from neighbours
    where
        bin_kind = 'range'
        and (
            (place = 1 and lower_bound is not null)
            or (place > 1 and (lower_bound is null or coalesce(previous_upper_bound <> lower_bound, true)))
            or (place_from_end = 1 and upper_bound is not null)
            or (place_from_end > 1 and upper_bound is null)
            or lower_bound >= upper_bound
        )
),

counted as (
    select
        bin_set,
        feature,
        sum(case when bin_kind = 'missing' and bin = 0 then 1 else 0 end) as missing_count,
        sum(case when bin_kind = 'absent' and bin = -1 then 1 else 0 end) as absent_count,
        sum(case when bin_kind = 'range' then 1 else 0 end) as range_count,
        sum(case when bin_kind = 'category' and coalesce(categories, '') <> '' then 1 else 0 end) as category_count,
        sum(case when bin_kind = 'other' then 1 else 0 end) as other_count,
        sum(case when bin_kind in ('range', 'category', 'other') and bin > 0 then 1 else 0 end) as value_bin_count,
        count(*) as bin_count
    from bins
    group by
        bin_set,
        feature
),

kind_faults as (
    select
        bin_set,
        feature,
        'needs one missing bin 0, one absent bin -1, and either ranges or categories with one other bin' as fault
    from counted
    where
        missing_count <> 1
        or absent_count <> 1
        or value_bin_count <> bin_count - 2
        or not (
            (range_count > 0 and category_count + other_count = 0)
            or (range_count = 0 and other_count = 1 and category_count = value_bin_count - 1)
        )
),

listed as (
    select
        bin_set,
        feature,
        bin,
        {{ each_word("categories") }} as category
    from bins
    where bin_kind = 'category'
),

category_faults as (
    select
        bin_set,
        feature,
        'the value ' || category || ' is listed twice' as fault
    from listed
    group by
        bin_set,
        feature,
        category
    having count(*) > 1
)

select * from range_faults
union all
select * from kind_faults
union all
select * from category_faults
