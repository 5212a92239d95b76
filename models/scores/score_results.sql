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
    select
        requirements.score_name,
        min(requirements.feature) as feature
    from {{ ref("score_requirements") }} as requirements
    inner join {{ ref("int_feature_availability") }} as availability
        on requirements.feature = availability.feature
    where not availability.is_available
    group by requirements.score_name
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
        cast(null as varchar) as score_name,
        cast(null as decimal(9, 3)) as score_raw,
        cast(null as bigint[]) as strongest_ups,
        cast(null as bigint[]) as strongest_downs
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
        case
            when missing_inputs.score_name is not null then 'needs ' || missing_inputs.feature
            when catalogue.population = 'buyers' and coalesce(features.order_count_lifetime, 0) = 0 then 'no order yet'
            when catalogue.population = 'prospects' and features.order_count_lifetime > 0 then 'already a buyer'
            when
                catalogue.population = 'active'
                and coalesce(features.days_since_last_order > catalogue.active_days, true)
                then 'not active'
            when
                catalogue.population = 'heard'
                and coalesce(features.feedback_count_364d, 0) + coalesce(features.complaint_count_364d, 0) = 0
                then 'nothing heard in 364 days'
            when
                catalogue.population = 'billed'
                and coalesce(features.invoice_count_364d, 0) + coalesce(features.open_loan_count, 0)
                + coalesce(features.loan_default_count, 0) = 0
                then 'no invoice or loan'
            when
                catalogue.population = 'repeaters' and coalesce(features.gap_count_364d, 0) < 2
                then 'fewer than three order days in 364 days'
            when
                catalogue.population = 'described'
                and coalesce(features.income_band, features.home_ownership, features.occupation) is null
                and features.household_size is null
                then 'nothing known of the person'
        end as null_reason
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
