-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
{%- set card_features = card_features("offer") %}
with

offers as (
    select * from {{ ref("feat_offers") }}
),

persons as (
    select * from {{ ref("feat_customers") }}
),

/* A card of offers may use features of the pair and of the person. */
features as (
    -- noqa: disable=RF02
    select *
    from offers
    inner join persons using (customer_id, as_of_date)
),

final as (
    select
        features.customer_id,
        features.offer_id,
        {% for feature in card_features -%}
        {{ bin_code(feature) }} as {{ feature.code }},
        {% endfor -%}
        features.as_of_date
    from features
)

select * from final
