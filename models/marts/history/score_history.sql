-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
-- depends_on: {{ ref('score_missing_inputs') }}
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
    select
        customer_id,
        {% for score in scores -%}
        {{ codes_in_text(score) }} as codes__{{ score.score_name }},
        {% endfor -%}
        as_of_date
    from bins
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
        {% if scores -%}
        case results.score_name
            {% for score in scores -%}
            when '{{ score.score_name }}' then codes.codes__{{ score.score_name }}
            {% endfor -%}
        end as bin_codes
        {%- else -%}
        {{ as_text("null") }} as bin_codes
        {%- endif %}
    from results
    inner join runs
        on results.as_of_date = runs.as_of_date
    -- A sector without scores needs nothing of this join.
    left join codes -- noqa: ST11
        on results.customer_id = codes.customer_id
        and results.as_of_date = codes.as_of_date
)

select * from final
