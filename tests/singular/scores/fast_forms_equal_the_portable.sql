-- Where DuckDB has a faster form of a macro it gives what the portable one gives. The range join of bins has tests of its own.
{% if target.type == "duckdb" -%}
{%- set strengths = [
    least_strength() ~ " * bin",
    least_strength() ~ " * cast(lower_bound as bigint)",
    least_strength() ~ " * cast(upper_bound as bigint)",
] %}
with

points as (
    select
        score_name || ' ' || {{ as_text("score_version") }} as card,
        feature || '|' || {{ as_text("bin") }} as place,
        nullif(cast(points * 1000 as bigint), 0) as strength
    from {{ ref("score_points") }}
),

first_points as (
    select
        'first_known' as macro_name,
        card as row_name,
        [{{ duckdb__first_known("strength", "place") }}] as fast,
        [{{ default__first_known("strength", "place") }}] as portable
    from points
    group by card
),

greatest_bounds as (
    select
        'three_strongest' as macro_name,
        feature || ' ' || {{ as_text("bin") }} as row_name,
        {{ duckdb__three_strongest(strengths) }} as fast,
        {{ default__three_strongest(strengths) }} as portable
    from {{ ref("feature_bins") }}
),

final as (
    select * from first_points
    union all
    select * from greatest_bounds
)

select * from final
where fast is distinct from portable
{%- else -%}
select 1 as is_fault where false
{%- endif %}
