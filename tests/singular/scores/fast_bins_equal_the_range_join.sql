-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
/*
    A row is a cell in which the generated case and the range join over the seed do not agree on the bin. The
    range join is right by definition: correct the macro bin_code.
*/
{%- set features = card_features() | rejectattr("is_attribute") | list %}
with

features as (
    select * from {{ ref("feat_customers") }}
),

bins as (
    select * from {{ ref("feature_bins") }}
),

values_ as (
    {% for feature in features -%}
    {% set is_number = "range" in feature.bins | map(attribute="bin_kind") | list -%}
    select
        customer_id,
        as_of_date,
        '{{ feature.bin_set }}' as bin_set,
        '{{ feature.feature }}' as feature,
        {{ "true" if feature.is_available else "false" }} as is_available,
        cast({{ feature.feature if is_number else "null" }} as decimal(18, 6)) as number_value,
        {{ as_text("null" if is_number else feature.feature) }} as text_value
    from features
    union all
    {% endfor -%}
    select
        customer_id,
        as_of_date,
        null as bin_set,
        null as feature,
        false as is_available,
        null as number_value,
        null as text_value
    from features
    where false
),

used as (
    select distinct
        bin_set,
        feature
    from {{ ref("score_bin_codes") }}
    where starts_with(feature, 'attribute_')
),

expected as (
    select
        values_.customer_id,
        values_.as_of_date,
        values_.bin_set,
        values_.feature,
        case when values_.is_available then coalesce(bins.bin, unlisted.bin) else -1 end as bin
    from values_
    left join bins
        on values_.bin_set = bins.bin_set
        and values_.feature = bins.feature
        and {{ falls_into_bin("values_.number_value", "values_.text_value") }}
    left join bins as unlisted
        on values_.bin_set = unlisted.bin_set
        and values_.feature = unlisted.feature
        and unlisted.bin_kind = 'other'
    union all
    select
        features.customer_id,
        features.as_of_date,
        used.bin_set,
        used.feature,
        coalesce(attributes.bin, 0) as bin
    from features
    cross join used
    left join {{ ref("score_attribute_bins") }} as attributes
        on features.customer_id = attributes.customer_id
        and features.as_of_date = attributes.as_of_date
        and used.bin_set = attributes.bin_set
        and used.feature = attributes.feature
),

codes as (
    select * from {{ ref("score_bin_codes") }}
)

select
    coalesce(expected.customer_id, codes.customer_id) as customer_id,
    coalesce(expected.as_of_date, codes.as_of_date) as as_of_date,
    coalesce(expected.bin_set, codes.bin_set) as bin_set,
    coalesce(expected.feature, codes.feature) as feature,
    expected.bin as range_join_bin,
    codes.bin as fast_bin
from expected
full outer join codes
    on expected.customer_id = codes.customer_id
    and expected.as_of_date = codes.as_of_date
    and expected.bin_set = codes.bin_set
    and expected.feature = codes.feature
where coalesce(expected.bin <> codes.bin, true)
