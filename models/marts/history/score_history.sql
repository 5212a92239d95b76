-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
{%- set scores = live_scores() %}
with

results as (
    select * from {{ ref("score_results") }}
),

bins as (
    select * from {{ ref("score_bins") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

/* Codes stand in the order of the features' names: with the seeds of the version the ledger can be made again. */
codes as (
    {% for score in scores %}
    {%- set codes = codes_of_card(score) %}
    select
        customer_id,
        as_of_date,
        '{{ score.score_name }}' as score_name,
        {% if codes -%}
        concat_ws('|', {% for code in codes %}{{ as_text(code) }}{{ ", " if not loop.last }}{% endfor %}) as bin_codes
        {%- else -%}
        {{ as_text("null") }} as bin_codes
        {%- endif %}
    from bins
    {{ "union all" if not loop.last }}
    {% else %}
    select
        customer_id,
        as_of_date,
        {{ as_text("null") }} as score_name,
        {{ as_text("null") }} as bin_codes
    from bins
    {% endfor %}
),

final as (
    select
        results.customer_id,
        results.as_of_date,
        results.score_name,
        results.score_version,
        results.score_raw,
        results.score,
        results.null_reason,
        codes.bin_codes
    from results
    inner join runs
        on results.as_of_date = runs.as_of_date
    left join codes
        on results.customer_id = codes.customer_id
        and results.as_of_date = codes.as_of_date
        and results.score_name = codes.score_name
)

select * from final
