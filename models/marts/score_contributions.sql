with

bin_codes as (
    select * from {{ ref("score_bin_codes") }}
),

points as (
    select * from {{ ref("score_points") }}
),

bins as (
    select * from {{ ref("feature_bins") }}
),

results as (
    select * from {{ ref("score_results") }}
    where null_reason is null
),

overall as (
    select * from {{ ref("score_overall") }}
    where null_reason is null
),

overall_points as (
    select * from {{ ref("score_overall_points") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

scores as (
    select
        customer_id,
        as_of_date,
        score_name,
        score_version,
        score_raw,
        score
    from results
    union all
    select
        customer_id,
        as_of_date,
        score_name,
        score_version,
        score_raw,
        score
    from overall
),

contributions as (
    select
        results.customer_id,
        results.as_of_date,
        results.score_name,
        results.score_version,
        points.feature,
        points.bin,
        bins.label_en as bin_label,
        points.points
    from results
    inner join points
        on results.score_name = points.score_name
        and results.score_version = points.score_version
    inner join bin_codes
        on results.customer_id = bin_codes.customer_id
        and results.as_of_date = bin_codes.as_of_date
        and points.bin_set = bin_codes.bin_set
        and points.feature = bin_codes.feature
        and points.bin = bin_codes.bin
    inner join bins
        on points.bin_set = bins.bin_set
        and points.feature = bins.feature
        and points.bin = bins.bin
    union all
    select
        results.customer_id,
        results.as_of_date,
        results.score_name,
        results.score_version,
        '(base)' as feature,
        0 as bin,
        'start of the scale and constant of the card' as bin_label,
        5 + points.points as points
    from results
    inner join points
        on results.score_name = points.score_name
        and results.score_version = points.score_version
    where points.feature = '(base)'
    union all
    select
        overall.customer_id,
        overall.as_of_date,
        'overall' as score_name,
        overall.score_version,
        overall_points.score_name as feature,
        0 as bin,
        'weighted distance of the score from 5' as bin_label,
        overall_points.points
    from overall
    inner join overall_points
        on overall.customer_id = overall_points.customer_id
        and overall.as_of_date = overall_points.as_of_date
    union all
    select
        customer_id,
        as_of_date,
        'overall' as score_name,
        score_version,
        '(base)' as feature,
        0 as bin,
        'start of the scale' as bin_label,
        5 as points
    from overall
    union all
    select
        customer_id,
        as_of_date,
        score_name,
        score_version,
        '(limit)' as feature,
        0 as bin,
        'the scale ends at 0 and 10' as bin_label,
        score - score_raw as points
    from scores
    where score <> score_raw
),

final as (
    select
        contributions.customer_id,
        contributions.as_of_date,
        contributions.score_name,
        contributions.score_version,
        contributions.feature,
        contributions.bin,
        contributions.bin_label,
        cast(contributions.points as decimal(9, 3)) as points
    from contributions
    inner join runs
        on contributions.as_of_date = runs.as_of_date
)

select * from final
