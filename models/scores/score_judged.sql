-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
{%- set scores = live_scores() %}
with

features as (
    select * from {{ ref("feat_customers") }}
),

sums as (
    select * from {{ ref("score_sums") }}
),

references_ as (
    select * from {{ ref("score_references") }}
),

missing_inputs as (
    select * from {{ ref("score_missing_inputs") }}
),

/* What holds for a score is one row of columns, as people are: nothing is joined by the name of a score. */
inputs as (
    select
        {% for score in scores -%}
        max(case when score_name = '{{ score.score_name }}' then feature end) as {{ score.score_name }},
        {% endfor -%}
        count(*) as score_count
    from missing_inputs
),

scales as (
    select
        {% for score in scores -%}
        max(case when score_name = '{{ score.score_name }}' then reference_value end) as reference__{{ score.score_name }},
        max(case when score_name = '{{ score.score_name }}' then points_per_doubling end) as doubling__{{ score.score_name }},
        {% endfor -%}
        count(*) as scale_count
    from references_
),

judged as (
    select
        {% for score in scores -%}
        {{ score_null_reason(
            "features",
            "inputs." ~ score.score_name,
            "'" ~ score.population ~ "'",
            "null" if score.active_days is none else score.active_days,
        ) }} as null_reason__{{ score.score_name }},
        {% if stated_by(score) -%}
        scales.reference__{{ score.score_name }} * power(
            2,
            ({{ as_double("sums.raw__" ~ score.score_name) }} - 5) / scales.doubling__{{ score.score_name }}
        ) as scale_value__{{ score.score_name }},
        {% endif -%}
        {% endfor -%}
        sums.*
    from sums
    inner join features
        on sums.customer_id = features.customer_id
        and sums.as_of_date = features.as_of_date
    cross join inputs
    cross join scales
),

final as (
    select
        customer_id,
        {% for score in scores -%}
        null_reason__{{ score.score_name }},
        {% for column in ["raw", "up", "down"] -%}
        case when null_reason__{{ score.score_name }} is null then {{ column }}__{{ score.score_name }} end as {{ column }}__{{ score.score_name }},
        {% endfor -%}
        {% if stated_by(score) == "probability" -%}
        case
            when null_reason__{{ score.score_name }} is null
                then {{ quantise("1 / (1 + 1 / scale_value__" ~ score.score_name ~ ")") }}
        end as probability__{{ score.score_name }},
        {% elif stated_by(score) -%}
        case
            when null_reason__{{ score.score_name }} is null
                then {{ rounded("scale_value__" ~ score.score_name, 4) }}
        end as expected_amount__{{ score.score_name }},
        {% endif -%}
        {% endfor -%}
        as_of_date
    from judged
)

select * from final
