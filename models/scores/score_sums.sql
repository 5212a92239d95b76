-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
{%- set scores = live_scores() %}
with

family_points as (
    select * from {{ ref("score_family_points") }}
),

base_points as (
    select * from {{ ref("score_card_points") }}
    where feature = '(base)'
),

bases as (
    select
        {% for score in scores -%}
        cast(5 + coalesce(sum({{ points_column(score) }}), 0) as decimal(9, 3)) as base__{{ score.score_name }},
        {% endfor -%}
        count(*) as base_count
    from base_points
),

final as (
    select
        family_points.customer_id,
        family_points.as_of_date,
        {% for score in scores -%}
        cast(
            max(bases.base__{{ score.score_name }}) + sum(family_points.{{ points_column(score) }}) as decimal(9, 3)
        ) as raw__{{ score.score_name }},
        {{ top_three("family_points.up__" ~ score.score_name) }} as ups__{{ score.score_name }},
        {{ top_three("family_points.down__" ~ score.score_name) }} as downs__{{ score.score_name }},
        {% endfor -%}
        sum(family_points.feature_count) as feature_count
    from family_points
    cross join bases
    group by
        family_points.customer_id,
        family_points.as_of_date
)

select * from final
