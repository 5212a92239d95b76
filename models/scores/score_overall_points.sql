with

results as (
    select * from {{ ref("score_results") }}
    where null_reason is null
),

catalogue as (
    select * from {{ ref("score_catalogue") }}
    where is_on and overall_weight > 0
),

weighted as (
    select
        results.customer_id,
        results.as_of_date,
        results.score_name,
        catalogue.overall_weight,
        cast(
            1000 * case when catalogue.is_high_good then results.score_raw - 5 else 5 - results.score_raw end as bigint
        ) as distance_thousandths,
        sum(catalogue.overall_weight) over (partition by results.customer_id, results.as_of_date) as weight_sum
    from results
    inner join catalogue
        on results.score_name = catalogue.score_name
),

/* Weights are shared among the scores that the person has. Rounded half up in whole numbers, where a half is a half. */
final as (
    select
        customer_id,
        as_of_date,
        score_name,
        cast(
            floor(
                {{ as_double("2 * overall_weight * distance_thousandths + weight_sum") }} / (2 * weight_sum)
            ) / 1000 as decimal(9, 3)
        ) as points
    from weighted
)

select * from final
