-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('int_feature_availability') }}
{%- set scores = live_scores() %}
with

features as (
    select * from {{ ref("feat_customers") }}
),

sums as (
    select * from {{ ref("score_sums") }}
),

catalogue as (
    select * from {{ ref("score_catalogue") }}
    where is_on
),

references_ as (
    select * from {{ ref("score_references") }}
),

missing_inputs as (
    select * from {{ ref("score_missing_inputs") }}
),

summed as (
    {% for score in scores %}
    select
        customer_id,
        as_of_date,
        '{{ score.score_name }}' as score_name,
        raw__{{ score.score_name }} as score_raw,
        ups__{{ score.score_name }} as strongest_ups,
        downs__{{ score.score_name }} as strongest_downs
    from sums
    {{ "union all" if not loop.last }}
    {% else %}
    select
        customer_id,
        as_of_date,
        {{ as_text("null") }} as score_name,
        cast(null as decimal(9, 3)) as score_raw,
        cast(null as {{ list_type("bigint") }}) as strongest_ups,
        cast(null as {{ list_type("bigint") }}) as strongest_downs
    from sums
    {% endfor %}
),

judged as (
    select
        summed.*,
        catalogue.score_version,
        catalogue.evidence,
        catalogue.scale_kind,
        references_.reference_value
        * power(2, ({{ as_double("summed.score_raw") }} - 5) / references_.points_per_doubling) as scale_value,
        {{ score_null_reason("features") }} as null_reason
    from summed
    inner join catalogue
        on summed.score_name = catalogue.score_name
    inner join features
        on summed.customer_id = features.customer_id
        and summed.as_of_date = features.as_of_date
    left join references_
        on summed.score_name = references_.score_name
    left join missing_inputs
        on summed.score_name = missing_inputs.score_name
),

final as (
    select
        customer_id,
        as_of_date,
        score_name,
        score_version,
        evidence,
        case when null_reason is null then score_raw end as score_raw,
        case when null_reason is null then cast(greatest(least(score_raw, 10), 0) as decimal(6, 3)) end as score,
        null_reason,
        case
            when null_reason is null and evidence <> 'expert' and scale_kind = 'log_odds'
                then {{ quantise("1 / (1 + 1 / scale_value)") }}
        end as probability,
        case
            when null_reason is null and evidence <> 'expert' and scale_kind = 'log_amount'
                then {{ rounded("scale_value", 4) }}
        end as expected_amount,
        strongest_ups,
        strongest_downs
    from judged
)

select * from final
