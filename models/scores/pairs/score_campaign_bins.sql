-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
{%- set card_features = card_features("campaign") %}
with

campaigns as (
    select * from {{ ref("feat_campaigns") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

persons as (
    select * from {{ ref("feat_customers") }}
),

/* A card of campaigns may use features of the pair and of the person. */
features as (
    -- noqa: disable=RF02
    select *
    from campaigns
    inner join persons using (customer_id, as_of_date)
),

final as (
    select
        features.customer_id,
        features.campaign_id,
        {% for feature in card_features -%}
        {{ bin_code(feature) }} as {{ feature.code }},
        {% endfor -%}
        features.as_of_date
    from features
    inner join runs
        on features.as_of_date = runs.as_of_date
)

select * from final
