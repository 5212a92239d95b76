-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
{%- set keys = ["customer_id", "offer_id", "as_of_date"] %}
with

bins as (
    select * from {{ ref("score_offer_bins") }}
),

card_rows as (
    select * from {{ ref("score_card_rows") }}
    where grain = 'offer'
),

results as (
    select * from {{ ref("score_offer_results") }}
    where null_reason is null
),

runs as (
    select * from {{ ref("int_run") }}
),

codes as (
    {{ unpivot_bins("bins", card_features("offer"), keys) }}
),

contributions as (
    select
        codes.customer_id,
        codes.offer_id,
        codes.as_of_date,
        card_rows.score_name,
        card_rows.score_version,
        card_rows.feature,
        card_rows.bin,
        card_rows.label_en as bin_label,
        card_rows.points
    from codes
    inner join card_rows
        on codes.code = card_rows.code
        and codes.bin = card_rows.bin
    inner join results
        on codes.customer_id = results.customer_id
        and codes.offer_id = results.offer_id
        and codes.as_of_date = results.as_of_date
        and card_rows.score_name = results.score_name
    union all
    select
        results.customer_id,
        results.offer_id,
        results.as_of_date,
        results.score_name,
        results.score_version,
        '(base)' as feature,
        0 as bin,
        'start of the scale and constant of the card' as bin_label,
        5 + card_rows.points as points
    from results
    inner join card_rows
        on results.score_name = card_rows.score_name
    where card_rows.feature = '(base)'
    union all
    select
        customer_id,
        offer_id,
        as_of_date,
        score_name,
        score_version,
        '(limit)' as feature,
        0 as bin,
        'the scale ends at 0 and 10' as bin_label,
        score - score_raw as points
    from results
    where score <> score_raw
),

final as (
    select
        contributions.customer_id,
        contributions.offer_id,
        contributions.as_of_date,
        contributions.score_name,
        contributions.score_version,
        contributions.feature,
        contributions.bin,
        contributions.bin_label,
        cast(contributions.points as decimal(9, 3)) as points
    from contributions
    inner join runs
        on contributions.as_of_date = runs.as_of_date
)

select * from final
