-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
{%- set card_features = card_features() %}
with

features as (
    select * from {{ ref("feat_customers") }}
),

attributes as (
    select * from {{ ref("score_attribute_bins") }}
),

attribute_codes as (
    select
        customer_id,
        {% for feature in card_features if feature.is_attribute -%}
        max(
            case when bin_set = '{{ feature.bin_set }}' and feature = '{{ feature.feature }}' then bin end
        ) as {{ feature.code }},
        {% endfor -%}
        as_of_date
    from attributes
    group by
        customer_id,
        as_of_date
),

final as (
    select
        features.customer_id,
        {% for feature in card_features -%}
        {{ bin_code(feature) }} as {{ feature.code }},
        {% endfor -%}
        features.as_of_date
    from features
    -- Cards without attributes need nothing of this join.
    left join attribute_codes -- noqa: ST11
        on features.customer_id = attribute_codes.customer_id
        and features.as_of_date = attribute_codes.as_of_date
)

select * from final
