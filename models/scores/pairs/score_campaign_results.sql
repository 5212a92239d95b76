with

spine as (
    select * from {{ ref("int_campaign_spine") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

pair_sums as (
    select * from {{ ref("score_campaign_sums") }}
),

person_results as (
    select * from {{ ref("score_results") }}
    where score_name = 'campaign_response'
),

persons as (
    select * from {{ ref("feat_customers") }}
),

catalogue as (
    select * from {{ ref("score_catalogue") }}
    where is_on
),

references_ as (
    select * from {{ ref("score_references") }}
),

missing_inputs as (
    select * from {{ ref("score_missing_inputs") }}
),

pair_scores as (
    select
        pair_sums.customer_id,
        pair_sums.campaign_id,
        pair_sums.as_of_date,
        pair_sums.score_name,
        catalogue.score_version,
        catalogue.evidence,
        pair_sums.score_raw,
        {{ score_null_reason("persons") }} as null_reason
    from pair_sums
    inner join catalogue
        on pair_sums.score_name = catalogue.score_name
    inner join persons
        on pair_sums.customer_id = persons.customer_id
        and pair_sums.as_of_date = persons.as_of_date
    left join missing_inputs
        on pair_sums.score_name = missing_inputs.score_name
),

/* Where there is no card of people and campaigns, what the person answers in general is said. */
chosen as (
    select
        spine.customer_id,
        spine.campaign_id,
        spine.as_of_date,
        coalesce(pair_scores.score_name, person_results.score_name) as score_name,
        coalesce(pair_scores.score_version, person_results.score_version) as score_version,
        coalesce(pair_scores.evidence, person_results.evidence) as evidence,
        case when pair_scores.score_name is null then person_results.score_raw else pair_scores.score_raw end
            as score_raw,
        case
            when pair_scores.score_name is not null then pair_scores.null_reason
            when person_results.score_name is null then 'not in sector'
            else person_results.null_reason
        end as null_reason
    from spine
    inner join runs
        on spine.as_of_date = runs.as_of_date
    left join pair_scores
        on spine.customer_id = pair_scores.customer_id
        and spine.campaign_id = pair_scores.campaign_id
        and spine.as_of_date = pair_scores.as_of_date
    left join person_results
        on spine.customer_id = person_results.customer_id
        and spine.as_of_date = person_results.as_of_date
),

final as (
    select
        chosen.customer_id,
        chosen.campaign_id,
        chosen.as_of_date,
        chosen.score_name,
        chosen.score_version,
        chosen.evidence,
        case when chosen.null_reason is null then chosen.score_raw end as score_raw,
        case when chosen.null_reason is null then {{ within_scale("chosen.score_raw") }} end as score,
        chosen.null_reason,
        case
            when chosen.null_reason is null
                then {{ quantise(
                    "1 / (1 + 1 / (references_.reference_value * power(2, ("
                    ~ as_double("chosen.score_raw") ~ " - 5) / references_.points_per_doubling)))"
                ) }}
        end as stated_probability
    from chosen
    left join references_
        on chosen.score_name = references_.score_name
)

select * from final
