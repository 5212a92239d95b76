-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
-- depends_on: {{ ref('score_attribute_bins') }}
/*
    In a big warehouse a thirteenth of the people is looked at each day.
    A row is a value of a feature for which the generated case and the range join over the seed do not agree on
    the bin. The range join is right by definition: correct the macro bin_code.
*/
{%- set features = card_features() %}
{%- set has_attributes = features | selectattr("is_attribute") | selectattr("is_available") | list | length > 0 %}
with

features as (
    -- noqa: disable=RF02
    select *
    from {{ ref("feat_customers") }}
    inner join {{ ref("score_bins") }} using (customer_id, as_of_date)
    where {{ in_part_of_the_day("customer_id") }}
),

{% if has_attributes %}
attributes as (
    select * from {{ ref("score_attribute_bins") }}
),

{% endif %}
bins as (
    select * from {{ ref("feature_bins") }}
),

/* A bin depends on the value alone, so every value is looked at once. */
values_ as (
    {% for feature in features if not feature.is_attribute -%}
    {% set is_number = "range" in feature.bins | map(attribute="bin_kind") | list -%}
    select distinct
        '{{ feature.bin_set }}' as bin_set,
        '{{ feature.feature }}' as feature,
        {{ "true" if feature.is_available else "false" }} as is_available,
        cast({{ feature.feature if is_number else "null" }} as decimal(18, 6)) as number_value,
        {{ as_text("null" if is_number else feature.feature) }} as text_value,
        {{ feature.code }} as fast_bin
    from features
    union all
    {% endfor -%}
    select
        null as bin_set,
        null as feature,
        false as is_available,
        null as number_value,
        null as text_value,
        cast(null as integer) as fast_bin
    from features
    where false
),

attribute_values as (
    {% for feature in features if feature.is_attribute and feature.is_available -%}
    select
        '{{ feature.bin_set }}' as bin_set,
        '{{ feature.feature }}' as feature,
        coalesce(attributes.bin, 0) as bin,
        features.{{ feature.code }} as fast_bin
    from features
    left join attributes
        on features.customer_id = attributes.customer_id
        and features.as_of_date = attributes.as_of_date
        and attributes.bin_set = '{{ feature.bin_set }}'
        and attributes.feature = '{{ feature.feature }}'
    union all
    {% endfor -%}
    select
        null as bin_set,
        null as feature,
        cast(null as integer) as bin,
        cast(null as integer) as fast_bin
    from features
    where false
)

select
    values_.bin_set,
    values_.feature,
    values_.number_value,
    values_.text_value,
    coalesce(bins.bin, unlisted.bin) as range_join_bin,
    values_.fast_bin
from values_
left join bins
    on values_.bin_set = bins.bin_set
    and values_.feature = bins.feature
    and {{ falls_into_bin("values_.number_value", "values_.text_value") }}
left join bins as unlisted
    on values_.bin_set = unlisted.bin_set
    and values_.feature = unlisted.feature
    and unlisted.bin_kind = 'other'
where
    case
        when values_.is_available then coalesce(coalesce(bins.bin, unlisted.bin) <> values_.fast_bin, true)
        else values_.fast_bin <> -1
    end
union all
select
    bin_set,
    feature,
    cast(null as decimal(18, 6)) as number_value,
    {{ as_text("null") }} as text_value,
    bin as range_join_bin,
    fast_bin
from attribute_values
where bin <> fast_bin
