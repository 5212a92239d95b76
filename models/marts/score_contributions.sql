-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
{%- set scores = live_scores() %}
{%- set reasons_missing = [] %}
{%- for score in scores %}{% do reasons_missing.append(score.score_name ~ "_reason_missing") %}{% endfor %}
with

score_bins as (
    select * from {{ ref("score_bins") }}
),

wide as (
    select * from {{ ref("score_wide") }}
),

card_rows as (
    select * from {{ ref("score_card_rows") }}
    where grain = 'person'
),

results as (
    select * from {{ ref("score_results") }}
    where null_reason is null
),

overall as (
    select * from {{ ref("score_overall") }}
    where null_reason is null
),

overall_points as (
    select * from {{ ref("score_overall_points") }}
),

limited as (
    select * from {{ ref("customer_scores") }}
    where score <> score_raw
),

runs as (
    select * from {{ ref("int_run") }}
),

/* Which scores a person has is known before the codes become rows: those are joined with nothing but the cards. */
scored_bins as (
    select
        {% for column in reasons_missing -%}
        wide.{{ column }},
        {% endfor -%}
        score_bins.*
    from score_bins
    inner join wide
        on score_bins.customer_id = wide.customer_id
        and score_bins.as_of_date = wide.as_of_date
),

bin_codes as (
    {{ unpivot_bins("scored_bins", card_features(), ["customer_id", "as_of_date"] + reasons_missing) }}
),

contributions as (
    select
        bin_codes.customer_id,
        bin_codes.as_of_date,
        card_rows.score_name,
        card_rows.score_version,
        card_rows.feature,
        card_rows.bin,
        card_rows.label_en as bin_label,
        card_rows.points
    from bin_codes
    inner join card_rows
        on bin_codes.bin_set = card_rows.bin_set
        and bin_codes.feature = card_rows.feature
        and bin_codes.bin = card_rows.bin
    {% for score in scores -%}
    {{ "where" if loop.first else "and" }} (card_rows.score_name <> '{{ score.score_name }}' or bin_codes.{{ score.score_name }}_reason_missing is null)
    {% endfor %}
    union all
    select
        results.customer_id,
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
        overall.customer_id,
        overall.as_of_date,
        'overall' as score_name,
        overall.score_version,
        overall_points.score_name as feature,
        0 as bin,
        'weighted distance of the score from 5' as bin_label,
        overall_points.points
    from overall
    inner join overall_points
        on overall.customer_id = overall_points.customer_id
        and overall.as_of_date = overall_points.as_of_date
    union all
    select
        customer_id,
        as_of_date,
        'overall' as score_name,
        score_version,
        '(base)' as feature,
        0 as bin,
        'start of the scale' as bin_label,
        5 as points
    from overall
    union all
    select
        customer_id,
        as_of_date,
        score_name,
        score_version,
        '(limit)' as feature,
        0 as bin,
        'the scale ends at 0 and 10' as bin_label,
        score - score_raw as points
    from limited
),

final as (
    select
        contributions.customer_id,
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
