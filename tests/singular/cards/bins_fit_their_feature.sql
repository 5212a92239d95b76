/*
    A row is a feature whose bins are of another kind than its values: ranges are for numbers, categories for
    texts. Correct the bins, or value_kind in feature_catalogue. Own CRM fields (attribute_) may have either.
*/
with

bins as (
    select distinct
        bin_set,
        feature,
        case when bin_kind = 'range' then 'number' else 'category' end as bins_kind
    from {{ ref("feature_bins") }}
    where bin_kind in ('range', 'category', 'other')
),

catalogue as (
    select * from {{ ref("feature_catalogue") }}
)

select
    bins.bin_set,
    bins.feature,
    bins.bins_kind,
    catalogue.value_kind
from bins
inner join catalogue
    on bins.feature = catalogue.feature
where bins.bins_kind <> catalogue.value_kind
