with

catalogue as (
    select * from {{ ref("score_catalogue") }}
    where is_on and challenger_version is not null and grain = 'person'
),

points as (
    select points.*
    from {{ ref("score_points") }} as points
    inner join catalogue
        on points.score_name = catalogue.score_name
        and points.score_version = catalogue.challenger_version
),

bases as (
    select
        score_name,
        5 + sum(points) as base
    from points
    where feature = '(base)'
    group by score_name
),

results as (
    select * from {{ ref("score_results") }}
    where null_reason is null
),

runs as (
    select * from {{ ref("int_run") }}
),

summed as (
    select
        bin_codes.customer_id,
        bin_codes.as_of_date,
        points.score_name,
        points.score_version,
        sum(points.points) as points
    from {{ ref("score_bin_codes") }} as bin_codes
    inner join runs
        on bin_codes.as_of_date = runs.as_of_date
    inner join points
        on bin_codes.bin_set = points.bin_set
        and bin_codes.feature = points.feature
        and bin_codes.bin = points.bin
    group by
        bin_codes.customer_id,
        bin_codes.as_of_date,
        points.score_name,
        points.score_version
),

final as (
    select
        summed.customer_id,
        summed.as_of_date,
        summed.score_name,
        summed.score_version,
        cast(bases.base + summed.points as decimal(9, 3)) as score_raw,
        results.score_version as live_version,
        cast(results.score_raw as decimal(9, 3)) as live_score_raw
    from summed
    inner join bases
        on summed.score_name = bases.score_name
    inner join results
        on summed.customer_id = results.customer_id
        and summed.as_of_date = results.as_of_date
        and summed.score_name = results.score_name
)

select * from final
