with

results as (
    select * from {{ ref("score_offer_results") }}
),

offers as (
    select * from {{ ref("int_offers") }}
),

references_ as (
    select * from {{ ref("score_offer_references") }}
),

card_rows as (
    select * from {{ ref("score_pair_card_rows") }}
    where grain = 'offer'
),

runs as (
    select * from {{ ref("int_run") }}
),

final as (
    select
        results.customer_id,
        results.as_of_date,
        results.offer_id,
        offers.offer_name,
        offers.offer_kind,
        results.score_name,
        results.score_version,
        results.evidence,
        results.score_raw,
        results.score,
        results.null_reason,
        cast(results.probability as decimal(18, 6)) as probability,
        {{ quantise("references_.reference_odds / (1 + references_.reference_odds)") }} as reference_rate,
        cast(results.offer_rank as bigint) as offer_rank,
        up_1.reason_en as reason_up_1_en,
        up_2.reason_en as reason_up_2_en,
        down_1.reason_en as reason_down_1_en,
        up_1.reason_fr as reason_up_1_fr,
        up_2.reason_fr as reason_up_2_fr,
        down_1.reason_fr as reason_down_1_fr,
        runs.run_id
    from results
    inner join runs
        on results.as_of_date = runs.as_of_date
    inner join offers
        on results.offer_id = offers.offer_id
        and results.as_of_date = offers.as_of_date
    inner join references_
        on results.offer_id = references_.offer_id
    {% for side, place in [("up", 1), ("up", 2), ("down", 1)] -%}
    left join card_rows as {{ side }}_{{ place }}
        on results.null_reason is null
        and results.score_name = {{ side }}_{{ place }}.score_name
        and 9999 - {{ listed_at("results.strongest_" ~ side ~ "s", place) }} % 10000 = {{ side }}_{{ place }}.place
    {% endfor %}
)

select * from final
