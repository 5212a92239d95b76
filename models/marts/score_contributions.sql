-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
-- depends_on: {{ ref('score_missing_inputs') }}
{%- set scores = live_scores() %}
{%- set raw_scores = [] %}
{%- for score in scores %}{% do raw_scores.append("raw__" ~ score.score_name) %}{% endfor %}
with

score_bins as (
    select * from {{ ref("score_bins") }}
),

judged as (
    select * from {{ ref("score_judged") }}
),

card_rows as (
    select * from {{ ref("score_card_rows") }}
    where grain = 'person'
),

results as (
    {% for relation in [ref("score_results"), ref("score_overall")] -%}
    select
        customer_id,
        as_of_date,
        score_name,
        score_version,
        score_raw,
        score
    from {{ relation }}
    where null_reason is null
    {{ "union all" if not loop.last }}
    {% endfor %}
),

shares as (
    select * from {{ ref("score_overall_shares") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

/* Which scores a person has is known before the codes become rows: those are joined with nothing but the cards. */
scored_bins as (
    select
        {% for column in raw_scores -%}
        judged.{{ column }},
        {% endfor -%}
        score_bins.*
    from score_bins
    inner join judged
        on score_bins.customer_id = judged.customer_id
        and score_bins.as_of_date = judged.as_of_date
),

bin_codes as (
    {{ unpivot_bins("scored_bins", card_features(), ["customer_id", "as_of_date"] + raw_scores) }}
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
        on bin_codes.code = card_rows.code
        and bin_codes.bin = card_rows.bin
    {% for score in scores -%}
    {{ "where" if loop.first else "and" }} (card_rows.score_name <> '{{ score.score_name }}' or bin_codes.raw__{{ score.score_name }} is not null)
    {% endfor %}
    union all
    select
        results.customer_id,
        results.as_of_date,
        results.score_name,
        results.score_version,
        '(base)' as feature,
        0 as bin,
        case
            when card_rows.score_name is not null then 'start of the scale and constant of the card'
            else 'start of the scale'
        end as bin_label,
        5 + coalesce(card_rows.points, 0) as points
    from results
    left join card_rows
        on results.score_name = card_rows.score_name
        and card_rows.feature = '(base)'
    union all
    select
        results.customer_id,
        results.as_of_date,
        results.score_name,
        results.score_version,
        shares.score_name as feature,
        0 as bin,
        'weighted distance of the score from 5' as bin_label,
        shares.points
    from shares
    inner join results
        on shares.customer_id = results.customer_id
        and shares.as_of_date = results.as_of_date
    where results.score_name = 'overall'
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
    from results
    where score <> score_raw
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
