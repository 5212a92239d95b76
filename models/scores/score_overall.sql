with

points as (
    select * from {{ ref("score_overall_points") }}
),

catalogue as (
    select * from {{ ref("score_catalogue") }}
    where score_name = 'overall'
),

bands as (
    select * from {{ ref("score_bands") }}
),

ranked as (
    select
        points.customer_id,
        points.as_of_date,
        'overall' as score_name,
        catalogue.score_version,
        catalogue.evidence,
        points.score_raw,
        {{ within_scale("points.score_raw") }} as score,
        case when points.score_raw is null then 'no score to weigh' end as null_reason,
        row_number() over (
            partition by points.as_of_date
            order by points.score_raw desc nulls last, points.customer_id asc
        ) as overall_rank,
        {{ quantise(
            "percent_rank() over (partition by points.as_of_date order by points.score_raw nulls first)"
        ) }} as overall_percentile
    from points
    cross join catalogue
),

/* Here and not in the wide table: a join by range sorts what it is given, and few columns sort faster. */
final as (
    select
        ranked.*,
        bands.grade
    from ranked
    left join bands
        on ranked.score >= coalesce(bands.lower_bound, 0)
        and ranked.score < coalesce(bands.upper_bound, 11)
)

select * from final
