with

segments as (
    select * from {{ ref("customer_segments") }}
),

features as (
    select * from {{ ref("feat_customers") }}
),

overall as (
    select * from {{ ref("score_overall") }}
),

rules as (
    select * from {{ ref("segment_rules") }}
),

texts as (
    select * from {{ ref("segment_texts") }}
),

runs as (
    select * from {{ ref("int_run") }}
),

named as (
    select
        segment_kind,
        segment_code,
        segment_en,
        segment_fr,
        treatment_en,
        treatment_fr
    from texts
    union all
    select
        'rfm' as segment_kind,
        segment_code,
        segment_en,
        segment_fr,
        treatment_en,
        treatment_fr
    from rules
),

members as (
    {% for kind, column in [
        ("rfm", "segment_code"), ("lifecycle", "lifecycle"), ("value_tier", "value_tier"), ("habit", "habit_code"),
    ] %}
    select
        customer_id,
        as_of_date,
        '{{ kind }}' as segment_kind,
        {{ column }} as segment_code
    from segments
    where {{ column }} is not null
    {{ "union all" if not loop.last }}
    {% endfor %}
),

profiled as (
    select
        members.segment_kind,
        members.segment_code,
        count(*) as customer_count,
        {{ median("features.order_amount_364d") }} as median_order_amount_364d,
        {{ median("features.order_count_364d") }} as median_order_count_364d,
        {{ median("features.days_since_last_order") }} as median_days_since_last_order,
        {{ as_double("sum(overall.score)") }} / nullif(count(overall.score), 0) as mean_overall
    from members
    inner join features
        on members.customer_id = features.customer_id
        and members.as_of_date = features.as_of_date
    left join overall
        on members.customer_id = overall.customer_id
        and members.as_of_date = overall.as_of_date
    group by
        members.segment_kind,
        members.segment_code
),

final as (
    select
        runs.as_of_date,
        named.segment_kind,
        named.segment_code,
        named.segment_en,
        named.segment_fr,
        coalesce(profiled.customer_count, 0) as customer_count,
        {{ quantise(
            as_double("coalesce(profiled.customer_count, 0)")
            ~ " / nullif(sum(profiled.customer_count) over (partition by named.segment_kind), 0)"
        ) }} as customer_share,
        {% for name in [
            "median_order_amount_364d", "median_order_count_364d", "median_days_since_last_order", "mean_overall",
        ] -%}
        {{ quantise("profiled." ~ name) }} as {{ name }},
        {% endfor -%}
        named.treatment_en,
        named.treatment_fr
    from named
    cross join runs
    left join profiled
        on named.segment_kind = profiled.segment_kind
        and named.segment_code = profiled.segment_code
)

select * from final
