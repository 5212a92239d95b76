with

points as (
    select * from {{ ref("score_points") }}
),

catalogue as (
    select * from {{ ref("score_catalogue") }}
    where is_on
),

features as (
    select * from {{ ref("feature_catalogue") }}
),

bins as (
    select * from {{ ref("feature_bins") }}
),

texts as (
    select * from {{ ref("reason_texts") }}
),

live_points as (
    select
        points.*,
        catalogue.grain
    from points
    inner join catalogue
        on points.score_name = catalogue.score_name
        and points.score_version = catalogue.score_version
),

/* A place numbers feature and bin, so that it packs with the points into one number that names both. */
placed as (
    select
        live_points.score_name,
        live_points.score_version,
        live_points.grain,
        live_points.bin_set,
        live_points.feature,
        live_points.bin_set || '__' || live_points.feature as code,
        live_points.bin,
        1000 * dense_rank() over (
            partition by live_points.score_name
            order by live_points.feature, live_points.bin_set
        ) + live_points.bin + 1 as place,
        live_points.points,
        cast(live_points.points * 1000 as bigint) as thousandths,
        coalesce(features.reason_family, live_points.feature) as reason_family,
        bins.label_en,
        {{ reason_text("texts.text_en", "bins.label_en", "live_points.feature", "live_points.points", "en") }} as reason_en,
        {{ reason_text("texts.text_fr", "bins.label_fr", "live_points.feature", "live_points.points", "fr") }} as reason_fr
    from live_points
    left join features
        on live_points.feature = features.feature
    left join bins
        on live_points.bin_set = bins.bin_set
        and live_points.feature = bins.feature
        and live_points.bin = bins.bin
    left join texts
        on live_points.feature = texts.feature
),

final as (
    select
        *,
        {{ strength_of("thousandths", "place") }} as strength
    from placed
)

select * from final
