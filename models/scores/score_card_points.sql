-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('int_feature_availability') }}
{%- set scores = live_scores() %}
with

points as (
    select * from {{ ref("score_points") }}
),

catalogue as (
    select * from {{ ref("score_catalogue") }}
    where is_on and grain = 'person'
),

features as (
    select * from {{ ref("feature_catalogue") }}
),

live_points as (
    select points.*
    from points
    inner join catalogue
        on points.score_name = catalogue.score_name
        and points.score_version = catalogue.score_version
),

used_features as (
    select distinct
        bin_set,
        feature
    from live_points
),

/* Places number the features, so that points and place pack into one number whose maximum names the strongest. */
places as (
    select
        bin_set,
        feature,
        row_number() over (order by feature, bin_set) as feature_place
    from used_features
),

final as (
    select
        live_points.bin_set,
        live_points.feature,
        live_points.bin,
        places.feature_place,
        {% for score in scores -%}
        cast(
            coalesce(max(case when live_points.score_name = '{{ score.score_name }}' then live_points.points end), 0)
            as decimal(6, 3)
        ) as {{ points_column(score) }},
        {% endfor -%}
        coalesce(features.reason_family, live_points.feature) as reason_family
    from live_points
    inner join places
        on live_points.bin_set = places.bin_set
        and live_points.feature = places.feature
    left join features
        on live_points.feature = features.feature
    group by
        live_points.bin_set,
        live_points.feature,
        live_points.bin,
        places.feature_place,
        coalesce(features.reason_family, live_points.feature)
)

select * from final
