with

attributes as (
    select * from {{ ref("int_person_attributes") }}
),

bins as (
    select * from {{ ref("feature_bins") }}
    where substr(feature, 1, 10) = 'attribute_'
),

others as (
    select * from bins
    where bin_kind = 'other'
),

binned_features as (
    select distinct
        bin_set,
        feature
    from bins
),

/* A value of another kind than the bins falls where unlisted values do, else where missing ones do. */
final as (
    select
        attributes.customer_id,
        attributes.as_of_date,
        binned_features.bin_set,
        attributes.feature,
        coalesce(bins.bin, others.bin, 0) as bin
    from attributes
    inner join binned_features
        on attributes.feature = binned_features.feature
    left join bins
        on binned_features.bin_set = bins.bin_set
        and attributes.feature = bins.feature
        and {{ falls_into_bin("attributes.number_value", "attributes.text_value") }}
    left join others
        on binned_features.bin_set = others.bin_set
        and attributes.feature = others.feature
)

select * from final
