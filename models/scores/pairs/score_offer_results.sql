with

sums as (
    select * from {{ ref("score_offer_sums") }}
),

persons as (
    select * from {{ ref("feat_customers") }}
),

catalogue as (
    select * from {{ ref("score_catalogue") }}
),

references_ as (
    select * from {{ ref("score_offer_references") }}
),

missing_inputs as (
    select * from {{ ref("score_missing_inputs") }}
),

judged as (
    select
        sums.*,
        catalogue.score_version,
        catalogue.evidence,
        references_.reference_points,
        references_.is_measured,
        references_.reference_odds
        * power(2, ({{ as_double("sums.score_raw") }} - 5) / references_.points_per_doubling) as odds,
        {{ score_null_reason("persons") }} as null_reason
    from sums
    inner join catalogue
        on sums.score_name = catalogue.score_name
    inner join persons
        on sums.customer_id = persons.customer_id
        and sums.as_of_date = persons.as_of_date
    inner join references_
        on sums.offer_id = references_.offer_id
    left join missing_inputs
        on sums.score_name = missing_inputs.score_name
),

/*
    An offer that nobody measured has no probability. Offers are ranked by the odds: the score is against each
    offer's own reference, whose points bring the offers onto one scale.
*/
final as (
    select
        customer_id,
        offer_id,
        as_of_date,
        score_name,
        score_version,
        evidence,
        case when null_reason is null then score_raw end as score_raw,
        case when null_reason is null then {{ within_scale("score_raw") }} end as score,
        null_reason,
        case
            when null_reason is null and evidence <> 'expert' and is_measured
                then {{ quantise("1 / (1 + 1 / odds)") }}
        end as probability,
        case
            when null_reason is null
                then row_number() over (
                    partition by customer_id, as_of_date, score_name
                    order by score_raw + reference_points desc, offer_id
                )
        end as offer_rank,
        strongest_ups,
        strongest_downs
    from judged
)

select * from final
