-- depends_on: {{ ref('score_pair_card_rows') }}
-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
{%- set scores = live_scores("offer") %}
with

bins as (
    select * from {{ ref("score_offer_bins") }}
),

/* The strongest feature of each family, each way; the first by name among equals. */
measured as (
    {% for score in scores -%}
    {%- set card = pair_card(score) -%}
    select
        customer_id,
        offer_id,
        as_of_date,
        '{{ score.score_name }}' as score_name,
        5000 + {{ card.base }}
        {%- for feature in card.features %}
        + {{ pair_points(feature) }}
        {%- endfor %} as raw_thousandths,
        {{ pair_strongest(card, 1) }} as strongest_ups,
        {{ pair_strongest(card, -1) }} as strongest_downs
    from bins
    {{ "union all" if not loop.last }}
    {% else -%}
    select
        customer_id,
        offer_id,
        as_of_date,
        {{ as_text("null") }} as score_name,
        cast(null as bigint) as raw_thousandths,
        cast(null as bigint[]) as strongest_ups,
        cast(null as bigint[]) as strongest_downs
    from bins
    where false
    {% endfor -%}
),

final as (
    select
        customer_id,
        offer_id,
        as_of_date,
        score_name,
        cast(raw_thousandths / 1000.0 as decimal(9, 3)) as score_raw,
        strongest_ups,
        strongest_downs
    from measured
)

select * from final
