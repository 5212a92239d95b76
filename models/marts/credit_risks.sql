with

results as (
    select * from {{ ref("score_results") }}
    where score_name = 'credit_risk' and null_reason is null
),

runs as (
    select * from {{ ref("int_run") }}
),

features as (
    select * from {{ ref("feat_customers") }}
),

scales as (
    select * from {{ ref("score_references") }}
    where score_name = 'credit_risk'
),

reasons as (
    select * from {{ ref("score_credit_reasons") }}
),

stated as (
    select
        results.*,
        features.exposure_amount,
        features.sure_collateral_amount,
        features.loan_to_value,
        ln({{ as_double("scales.reference_value") }}) / ln({{ as_double("2") }})
        + ({{ as_double("results.score_raw") }} - 5) / scales.points_per_doubling as odds_doublings,
        case
            when features.exposure_amount > 0
                then {{ quantise(
                    "greatest(1 - " ~ as_double("features.sure_collateral_amount") ~ " / features.exposure_amount, "
                    ~ reference_statistic("credit_loss_floor") ~ ")"
                ) }}
        end as loss_given_default
    from results
    cross join scales
    inner join features
        on results.customer_id = features.customer_id
        and results.as_of_date = features.as_of_date
),

final as (
    select
        stated.customer_id,
        stated.as_of_date,
        stated.score_version,
        stated.evidence,
        stated.evidence <> 'expert' as is_calibrated,
        stated.score_raw,
        stated.score,
        {{ credit_points("stated.odds_doublings") }} as credit_points,
        {{ quantise("1 / (1 + power(2, -stated.odds_doublings))") }} as stated_default_probability,
        stated.exposure_amount,
        stated.sure_collateral_amount,
        stated.loan_to_value,
        stated.loss_given_default,
        {{ rounded(
            as_double("stated.exposure_amount") ~ " * stated.loss_given_default / (1 + power(2, -stated.odds_doublings))", 4
        ) }} as stated_loss_amount,
        {% for language in ["en", "fr"] -%}
        {% for place in [1, 2, 3, 4] -%}
        reasons.reason_{{ place }}_{{ language }},
        {% endfor -%}
        {% endfor -%}
        runs.run_id
    from stated
    inner join runs
        on stated.as_of_date = runs.as_of_date
    left join reasons
        on stated.customer_id = reasons.customer_id
        and stated.as_of_date = reasons.as_of_date
)

select * from final
