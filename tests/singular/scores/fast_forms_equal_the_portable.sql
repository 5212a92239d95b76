-- Where DuckDB has a faster form of a macro it gives what the portable one gives. The range join of bins has tests of its own.
{% if target.type == "duckdb" -%}
{%- set strengths = [
    least_strength() ~ " * bin",
    least_strength() ~ " * cast(lower_bound as bigint)",
    least_strength() ~ " * cast(upper_bound as bigint)",
] %}
{%- set gaps = {"code": "bin", "bins": [
    {"bin": -1, "strength": 0},
    {"bin": 0, "strength": -134217728},
    {"bin": 2, "strength": 805306368000},
]} %}
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

strongest_bounds as (
    {% for sign in [1, -1] -%}
    select
        'three_strongest' as macro_name,
        feature || ' ' || {{ as_text("bin") }} || ' {{ sign }}' as row_name,
        {{ duckdb__three_strongest(strengths, sign) }} as fast,
        {{ default__three_strongest(strengths, sign) }} as portable
    from {{ ref("feature_bins") }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

amounts as (
    select cast(unnest([0.0001, -0.005, 12.3456, 899999.9999, 900000, -1234567.8912]) as decimal(18, 4)) as amount
),

rates as (
    select cast(unnest([0.00000001, 0.00654321, 0.5, 0.99999999, 1.08425, 150.25, 999999]) as decimal(20, 8)) as rate
),

converted_amounts as (
    select
        'at_rate' as macro_name,
        {{ as_text("amounts.amount") }} || ' at ' || {{ as_text("rates.rate") }} as row_name,
        [cast(cast({{ duckdb__at_rate("amounts.amount") }} as decimal(38, 4)) * 10000 as bigint)] as fast,
        [cast(cast({{ default__at_rate("amounts.amount") }} as decimal(38, 4)) * 10000 as bigint)] as portable
    from amounts
    cross join rates
),

/* With a bin that the card has no points for, and one beyond its last. */
codes as (
    select unnest([-1, 0, 1, 2, 3, null]) as bin
),

looked_up as (
    select
        'bin_strength' as macro_name,
        {{ as_text("bin") }} as row_name,
        [{{ duckdb__bin_strength(gaps) }}] as fast,
        [{{ default__bin_strength(gaps) }}] as portable
    from codes
),

final as (
    select * from first_points
    union all
    select * from looked_up
    union all
    select * from strongest_bounds
    union all
    select * from converted_amounts
)

select * from final
where fast is distinct from portable
{%- else -%}
select 1 as is_fault where false
{%- endif %}
