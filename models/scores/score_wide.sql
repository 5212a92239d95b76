-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
-- depends_on: {{ ref('score_missing_inputs') }}
{%- set live = {} %}
{%- for score in live_scores() if score.score_name in person_scores() %}
    {%- do live.update({score.score_name: score}) %}
{%- endfor %}
with

judged as (
    select * from {{ ref("score_judged") }}
),

overall_reasons as (
    select * from {{ ref("score_overall_reasons") }}
),

final as (
    select
        judged.customer_id,
        judged.as_of_date,
        {% for place in [1, 2, 3] -%}
        overall_reasons.reason_{{ place }}_en,
        overall_reasons.reason_{{ place }}_fr,
        {% endfor -%}
        {% for score in person_scores() -%}
        {% set card = live.get(score) -%}
        {{ within_scale("judged.raw__" ~ score) if card else "cast(null as decimal(6, 3))" }} as {{ score }},
        {% if score in odds_scores() -%}
        {{ "judged.probability__" ~ score if card and stated_by(card) else "cast(null as decimal(18, 6))" }} as {{ score }}_probability,
        {% elif score == "customer_value" -%}
        {{ "judged.expected_amount__" ~ score if card and stated_by(card) else "cast(null as decimal(18, 4))" }} as {{ score }}_amount,
        {% endif -%}
        {{ null_reason_of(card, "judged") if card else "'not in sector'" }} as {{ score }}_reason_missing,
        {% endfor -%}
        {{ "'" ~ (live.values() | map(attribute="evidence") | min) ~ "'" if live else as_text("null") }} as weakest_evidence,
        '
        {%- for score in live | sort %}
        {{- score ~ " " ~ live[score].score_version }}{{ ", " if not loop.last }}
        {%- endfor %}' as card_versions
    from judged
    inner join overall_reasons
        on judged.customer_id = overall_reasons.customer_id
        and judged.as_of_date = overall_reasons.as_of_date
)

select * from final
