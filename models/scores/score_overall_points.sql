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
        case when catalogue.is_high_good then results.score_raw - 5 else 5 - results.score_raw end as distance,
        sum(catalogue.overall_weight) over (partition by results.customer_id, results.as_of_date) as weight_sum
    from results
    inner join catalogue
        on results.score_name = catalogue.score_name
),

/* Weights are shared among the scores that the person has. */
final as (
    select
        customer_id,
        as_of_date,
        score_name,
        {{ rounded("overall_weight * distance / " ~ as_double("weight_sum"), 3, 9) }} as points
    from weighted
)

select * from final
