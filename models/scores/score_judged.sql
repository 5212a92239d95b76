-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
-- depends_on: {{ ref('score_missing_inputs') }}
{%- set scores = live_scores() %}
with

sums as (
    select * from {{ ref("score_sums") }}
),

references_ as (
    select * from {{ ref("score_references") }}
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
        {% for score in scores if stated_by(score) -%}
        scales.reference__{{ score.score_name }} * power(
            2,
            ({{ as_double("sums.raw__" ~ score.score_name) }} - 5) / scales.doubling__{{ score.score_name }}
        ) as scale_value__{{ score.score_name }},
        {% endfor -%}
        sums.*
    from sums
    cross join scales
),

final as (
    select
        customer_id,
        {% for population in population_columns(scores) -%}
        {{ population }},
        {% endfor -%}
        {% for score in scores -%}
        {% set columns = {"raw": none, "up": none, "down": none} -%}
        {% if stated_by(score) == "probability" -%}
        {% do columns.update({"probability": quantise("1 / (1 + 1 / scale_value__" ~ score.score_name ~ ")")}) -%}
        {% elif stated_by(score) -%}
        {% do columns.update({"expected_amount": rounded("scale_value__" ~ score.score_name, 4)}) -%}
        {% endif -%}
        {% for name, expression in columns.items() -%}
        {% set column = name ~ "__" ~ score.score_name -%}
        case when {{ null_reason_of(score, "judged") }} is null then {{ expression or column }} end as {{ column }},
        {% endfor -%}
        {% endfor -%}
        as_of_date
    from judged
)

select * from final
