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

bin_codes as (
    select * from {{ ref("score_bin_codes") }}
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

raised as (
    select
        results.customer_id,
        results.as_of_date,
        points.feature,
        points.points,
        bins.label_en,
        bins.label_fr,
        row_number() over (
            partition by results.customer_id, results.as_of_date, coalesce(families.reason_family, points.feature)
            order by points.points desc, points.feature asc
        ) as place_in_family
    from results
    inner join points
        on results.score_version = points.score_version
    inner join bin_codes
        on results.customer_id = bin_codes.customer_id
        and results.as_of_date = bin_codes.as_of_date
        and points.bin_set = bin_codes.bin_set
        and points.feature = bin_codes.feature
        and points.bin = bin_codes.bin
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
