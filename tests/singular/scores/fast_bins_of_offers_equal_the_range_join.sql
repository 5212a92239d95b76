-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
/*
    In a big warehouse a thirteenth of the people is looked at each day.
    A row is a value of a feature for which the generated case and the range join over the seed do not agree on
    the bin. The range join is right by definition: correct the macro bin_code.
*/
{%- set features = card_features("offer") %}
with

features as (
    -- noqa: disable=RF02
    select *
    from {{ ref("feat_offers") }}
    inner join {{ ref("feat_customers") }} using (customer_id, as_of_date)
    inner join {{ ref("score_offer_bins") }} using (customer_id, as_of_date, offer_id)
    where {{ in_part_of_the_day("customer_id", "score_offer_sums") }}
),

bins as (
    select * from {{ ref("feature_bins") }}
),

/* A bin depends on the value alone, so every value is looked at once. */
values_ as (
    {% for feature in features -%}
    {% set is_number = "range" in feature.bins | map(attribute="bin_kind") | list -%}
    select distinct
        '{{ feature.bin_set }}' as bin_set,
        '{{ feature.feature }}' as feature,
        {{ "true" if feature.is_available else "false" }} as is_available,
        cast({{ feature.feature if is_number else "null" }} as decimal(18, 6)) as number_value,
        {{ as_text("null" if is_number else feature.feature) }} as text_value,
        {{ feature.code }} as fast_bin
    from features
    {{ "union all" if not loop.last }}
    {% else -%}
    select
        null as bin_set,
        null as feature,
        false as is_available,
        cast(null as decimal(18, 6)) as number_value,
        {{ as_text("null") }} as text_value,
        null as fast_bin
    from features
    where false
    {% endfor -%}
)

select
    values_.bin_set,
    values_.feature,
    values_.number_value,
    values_.text_value,
    bins.bin as range_join_bin,
    values_.fast_bin
from values_
left join bins
    on values_.bin_set = bins.bin_set
    and values_.feature = bins.feature
    and {{ falls_into_bin("values_.number_value", "values_.text_value") }}
where
    case when values_.is_available then coalesce(bins.bin <> values_.fast_bin, true) else values_.fast_bin <> -1 end
