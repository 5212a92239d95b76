-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
{%- set scores = live_scores() %}
with

bin_codes as (
    select * from {{ ref("score_bin_codes") }}
),

card_points as (
    select * from {{ ref("score_card_points") }}
),

/* A strength packs points and place: its maximum is the strongest feature, the first by name among equals. */
final as (
    select
        bin_codes.customer_id,
        bin_codes.as_of_date,
        card_points.reason_family,
        {% for score in scores -%}
        {%- set points = "card_points." ~ points_column(score) -%}
        cast(sum({{ points }}) as decimal(9, 3)) as {{ points_column(score) }},
        max(
            case
                when {{ points }} > 0
                    then cast({{ points }} * 1000 as bigint) * 10000 + 9999 - card_points.feature_place
            end
        ) as up__{{ score.score_name }},
        max(
            case
                when {{ points }} < 0
                    then cast(-{{ points }} * 1000 as bigint) * 10000 + 9999 - card_points.feature_place
            end
        ) as down__{{ score.score_name }},
        {% endfor -%}
        count(*) as feature_count
    from bin_codes
    inner join card_points
        on bin_codes.bin_set = card_points.bin_set
        and bin_codes.feature = card_points.feature
        and bin_codes.bin = card_points.bin
    group by
        bin_codes.customer_id,
        bin_codes.as_of_date,
        card_points.reason_family
)

select * from final
