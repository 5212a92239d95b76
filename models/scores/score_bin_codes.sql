-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
{%- set card_features = card_features() %}
with

bins as (
    select * from {{ ref("score_bins") }}
),

unpivoted as (
    {{ unpivot_bins("bins", card_features) }}
),

final as (
    select
        customer_id,
        as_of_date,
        bin_set,
        feature,
        bin
    from unpivoted
)

select * from final
