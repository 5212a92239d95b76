-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
-- depends_on: {{ ref('score_attribute_bins') }}
-- depends_on: {{ ref('score_missing_inputs') }}
{%- set card_features = card_features() %}
{%- set attribute_features = card_features | selectattr("is_attribute") | list %}
with

features as (
    select * from {{ ref("feat_customers") }}
),

{% if attribute_features -%}
attributes as (
    select * from {{ ref("score_attribute_bins") }}
),

attribute_codes as (
    select
        customer_id,
        {% for feature in attribute_features -%}
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

{% endif -%}
final as (
    select
        features.customer_id,
        {% for feature in card_features -%}
        {{ bin_code(feature) }} as {{ feature.code }},
        {% endfor -%}
        {% for population, score in population_columns(live_scores()).items() -%}
        {{ outside_population("features", "'" ~ score.population ~ "'", "null" if score.active_days is none else score.active_days) }} as {{ population }},
        {% endfor -%}
        features.as_of_date
    from features
    {% if attribute_features -%}
    left join attribute_codes
        on features.customer_id = attribute_codes.customer_id
        and features.as_of_date = attribute_codes.as_of_date
    {%- endif %}
)

select * from final
