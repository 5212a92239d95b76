-- depends_on: {{ ref('score_card_rows') }}
-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('score_missing_inputs') }}
with

bins as (
    select * from {{ ref("score_campaign_bins") }}
),

/* The strongest feature of each family, each way; the first by name among equals. */
measured as (
    {{ pair_sums("bins", "campaign", ["customer_id", "campaign_id", "as_of_date"]) }}
),

final as (
    select
        customer_id,
        campaign_id,
        as_of_date,
        score_name,
        cast(raw_thousandths / 1000.0 as decimal(9, 3)) as score_raw,
        strongest_ups,
        strongest_downs
    from measured
)

select * from final
