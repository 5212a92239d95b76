with

offers as (
    select distinct offer_id from {{ ref("int_offers") }}
),

measured as (
    select * from {{ ref("reference_offers") }}
),

scales as (
    select * from {{ ref("score_references") }}
    where score_name = 'offer_affinity'
),

/* What 5 means for each offer; for one that was never measured it is what the score as a whole says. */
final as (
    select
        offers.offer_id,
        coalesce(measured.reference_odds, scales.reference_value) as reference_odds,
        scales.points_per_doubling,
        {{ rounded(
            as_double("scales.points_per_doubling")
            ~ " * ln(coalesce(measured.reference_odds, scales.reference_value) / scales.reference_value) / ln(2)",
            3,
            9
        ) }} as reference_points,
        measured.offer_id is not null as is_measured
    from offers
    cross join scales
    left join measured
        on offers.offer_id = measured.offer_id
)

select * from final
