{%- set reasons = [("up", 1), ("up", 2), ("down", 1)] %}
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
    select * from {{ ref("score_card_rows") }}
    where grain = 'offer'
),

runs as (
    select * from {{ ref("int_run") }}
),

/* As columns: joined on an expression, every pair would be compared with every row of the card. */
places as (
    select
        {% for side, place in reasons -%}
        case
            when results.null_reason is null
                then {{ place_of_strength(listed_at("results.strongest_" ~ side ~ "s", place)) }}
        end as {{ side }}_{{ place }},
        {% endfor -%}
        results.*
    from results
),

final as (
    select
        places.customer_id,
        places.as_of_date,
        places.offer_id,
        offers.offer_name,
        offers.offer_kind,
        places.score_name,
        places.score_version,
        places.evidence,
        places.score_raw,
        places.score,
        places.null_reason,
        cast(places.probability as decimal(18, 6)) as probability,
        {{ quantise("references_.reference_odds / (1 + references_.reference_odds)") }} as reference_rate,
        cast(places.offer_rank as bigint) as offer_rank,
        up_1.reason_en as reason_up_1_en,
        up_2.reason_en as reason_up_2_en,
        down_1.reason_en as reason_down_1_en,
        up_1.reason_fr as reason_up_1_fr,
        up_2.reason_fr as reason_up_2_fr,
        down_1.reason_fr as reason_down_1_fr,
        runs.run_id
    from places
    inner join runs
        on places.as_of_date = runs.as_of_date
    inner join offers
        on places.offer_id = offers.offer_id
        and places.as_of_date = offers.as_of_date
    inner join references_
        on places.offer_id = references_.offer_id
    {% for side, place in reasons -%}
    left join card_rows as {{ side }}_{{ place }}
        on places.score_name = {{ side }}_{{ place }}.score_name
        and places.{{ side }}_{{ place }} = {{ side }}_{{ place }}.place
    {% endfor %}
)

select * from final
