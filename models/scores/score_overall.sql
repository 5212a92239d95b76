with

spine as (
    select * from {{ ref("feat_customers") }}
),

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

summed as (
    select
        customer_id,
        as_of_date,
        cast(5 + sum(points) as decimal(9, 3)) as score_raw
    from points
    group by
        customer_id,
        as_of_date
),

ranked as (
    select
        spine.customer_id,
        spine.as_of_date,
        'overall' as score_name,
        catalogue.score_version,
        catalogue.evidence,
        summed.score_raw,
        -- `least` passes over nulls, so a person without a score would get 10.
        case
            when summed.score_raw is not null then cast(greatest(least(summed.score_raw, 10), 0) as decimal(6, 3))
        end as score,
        case when summed.score_raw is null then 'no score to weigh' end as null_reason,
        row_number() over (
            partition by spine.as_of_date
            order by summed.score_raw desc nulls last, spine.customer_id asc
        ) as overall_rank,
        {{ quantise(
            "percent_rank() over (partition by spine.as_of_date order by summed.score_raw nulls first)"
        ) }} as overall_percentile
    from spine
    cross join catalogue
    left join summed
        on spine.customer_id = summed.customer_id
        and spine.as_of_date = summed.as_of_date
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
