-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
-- depends_on: {{ ref('score_missing_inputs') }}
with

/* Read for every score without an import, as in score_results. */
final as (
    {% for score in weighted_scores() -%}
    select
        customer_id,
        as_of_date,
        '{{ score.score_name }}' as score_name,
        points__{{ score.score_name }} as points
    from {{ ref("score_overall_points") }}
    where points__{{ score.score_name }} is not null
    {{ "union all" if not loop.last }}
    {% else -%}
    select
        customer_id,
        as_of_date,
        {{ as_text("null") }} as score_name,
        cast(null as decimal(9, 3)) as points
    from {{ ref("score_overall_points") }}
    where false
    {% endfor %}
)

select * from final
