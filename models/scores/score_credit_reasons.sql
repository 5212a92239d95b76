-- depends_on: {{ ref('feature_bins') }}
-- depends_on: {{ ref('score_points') }}
-- depends_on: {{ ref('score_catalogue') }}
-- depends_on: {{ ref('int_feature_availability') }}
-- depends_on: {{ ref('score_missing_inputs') }}
{%- set card = live_scores() | selectattr("score_name", "equalto", "credit_risk") | first %}
{%- set codes = codes_of_card(card) if card else [] %}
with

results as (
    select * from {{ ref("score_results") }}
    where score_name = 'credit_risk' and null_reason is null
),

/* What would be shown as +0.0 is no reason. */
points as (
    select * from {{ ref("score_points") }}
    where score_name = 'credit_risk' and points * 1000 >= {{ least_reason() }} and feature <> '(base)'
),

score_bins as (
    select * from {{ ref("score_bins") }}
),

bins as (
    select * from {{ ref("feature_bins") }}
),

families as (
    select * from {{ ref("feature_catalogue") }}
),

texts as (
    select * from {{ ref("reason_texts") }}
),

/* Codes become rows for people with the score alone, of its card alone. */
scored_bins as (
    select
        results.score_version,
        score_bins.*
    from score_bins
    inner join results
        on score_bins.customer_id = results.customer_id
        and score_bins.as_of_date = results.as_of_date
),

bin_codes as (
    {{ unpivot_bins(
        "scored_bins",
        card_features() | selectattr("code", "in", codes) | list,
        ["customer_id", "as_of_date", "score_version"],
    ) }}
),

raised as (
    select
        bin_codes.customer_id,
        bin_codes.as_of_date,
        points.feature,
        points.points,
        bins.label_en,
        bins.label_fr,
        row_number() over (
            partition by bin_codes.customer_id, bin_codes.as_of_date, coalesce(families.reason_family, points.feature)
            order by points.points desc, points.feature asc
        ) as place_in_family
    from bin_codes
    inner join points
        on bin_codes.score_version = points.score_version
        and bin_codes.bin_set = points.bin_set
        and bin_codes.feature = points.feature
        and bin_codes.bin = points.bin
    inner join bins
        on points.bin_set = bins.bin_set
        and points.feature = bins.feature
        and points.bin = bins.bin
    left join families
        on points.feature = families.feature
),

ranked as (
    select
        raised.*,
        {{ reason_text("texts.text_en", "raised.label_en", "raised.feature", "raised.points", "en") }} as reason_en,
        {{ reason_text("texts.text_fr", "raised.label_fr", "raised.feature", "raised.points", "fr") }} as reason_fr,
        row_number() over (
            partition by raised.customer_id, raised.as_of_date
            order by raised.points desc, raised.feature asc
        ) as place
    from raised
    left join texts
        on raised.feature = texts.feature
    where raised.place_in_family = 1
),

/* Whoever is refused credit is owed the reasons: at most four, the strongest of each family. */
final as (
    select
        customer_id,
        {% for place in [1, 2, 3, 4] -%}
        max(case when place = {{ place }} then reason_en end) as reason_{{ place }}_en,
        max(case when place = {{ place }} then reason_fr end) as reason_{{ place }}_fr,
        {% endfor -%}
        as_of_date
    from ranked
    group by
        customer_id,
        as_of_date
)

select * from final
