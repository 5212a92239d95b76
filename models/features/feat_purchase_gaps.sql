with

spine as (
    select * from {{ ref("int_spine") }}
),

availability as (
    select * from {{ ref("int_availability") }}
),

deciles as (
    select * from {{ ref("reference_statistics") }}
    where statistic_name like 'gap_days_decile_%'
),

order_dates as (
    select distinct
        customer_id,
        as_of_date,
        order_date,
        age_days
    from {{ ref("int_person_order_days") }}
    where age_days <= 364 and order_count > 0
),

dated as (
    select
        *,
        lag(order_date) over by_person as previous_date,
        lag(order_date, 2) over by_person as date_before_previous,
        min(age_days) over (partition by customer_id, as_of_date) as wait_days
    from order_dates
    window by_person as (partition by customer_id, as_of_date order by order_date)
),

pairs as (
    select
        *,
        cast({{ days_between("previous_date", "order_date") }} as bigint) as gap_days,
        cast({{ days_between("date_before_previous", "previous_date") }} as bigint) as previous_gap_days
    from dated
),

/* The share of the earlier gap in a pair of neighbours: spread evenly for random buyers, near one half for regular. */
shares as (
    select
        *,
        cast(1.0 * previous_gap_days / (previous_gap_days + gap_days) as decimal(18, 9)) as gap_share
    from pairs
),

measured as (
    select
        customer_id,
        as_of_date,
        count(gap_days) as gap_count,
        min(age_days) as days_since_last_order,
        sum(gap_days) as gap_sum,
        sum(gap_days * gap_days) as gap_square_sum,
        {{ median("gap_days") }} as median_gap_days,
        sum(cast(ln(gap_days) as decimal(18, 9))) as gap_log_sum,
        sum(case when gap_days < wait_days then 1 else 0 end) as shorter_gap_count,
        count(gap_share) as pair_count,
        sum(cast(gap_share - 0.5 as decimal(18, 9)) * cast(gap_share - 0.5 as decimal(18, 9))) as share_square_sum
    from shares
    group by
        customer_id,
        as_of_date
),

/* The reference gaps that a person has waited longer than: from their deciles. */
waited as (
    select
        measured.customer_id,
        measured.as_of_date,
        {{ as_double("count(*)") }} / 10 + 0.05 as shorter_gap_share
    from measured
    inner join deciles
        on measured.days_since_last_order > deciles.statistic_value
    group by
        measured.customer_id,
        measured.as_of_date
),

/* The variance around one half, pulled towards that of random buyers while pairs are few. */
spread as (
    select
        *,
        {{ shrunk_mean("share_square_sum", "pair_count", "gap_share_variance") }} as share_variance,
        {{ shrunk_mean("coalesce(gap_count * median_gap_days, 0)", "gap_count", "gap_median_days") }}
            as expected_gap_days,
        ln({{ as_double("gap_sum") }} / nullif(gap_count, 0)) - gap_log_sum / nullif(gap_count, 0) as gap_log_spread,
        case
            when gap_count > 1
                then sqrt(
                    greatest({{ as_double("gap_count * gap_square_sum - gap_sum * gap_sum") }}, 0)
                    / ({{ as_double("gap_count") }} * (gap_count - 1))
                )
        end as gap_deviation_days
    from measured
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        cast({{ where_available("has_orders", "spread.gap_count") }} as bigint) as gap_count_364d,
        {{ quantise("1.0 * spread.gap_sum / nullif(spread.gap_count, 0)") }} as mean_gap_days_364d,
        {{ quantise("spread.median_gap_days") }} as median_gap_days_364d,
        {{ quantise("spread.gap_deviation_days") }} as gap_deviation_days_364d,
        {{ quantise("spread.gap_deviation_days * spread.gap_count / nullif(spread.gap_sum, 0)") }}
            as gap_variation_364d,
        case
            when spread.gap_count > 1
                then {{ quantise("(1 - 4 * spread.share_variance) / nullif(8 * spread.share_variance, 0)") }}
        end as gap_regularity_364d,
        case
            when spread.gap_count > 1
                then {{ quantise(shrunk_mean(
                    "(spread.gap_count * spread.gap_log_spread)", "spread.gap_count", "gap_log_spread"
                )) }}
        end as gap_log_spread_364d,
        {{ quantise("spread.expected_gap_days") }} as expected_gap_days_364d,
        {{ quantise("spread.expected_gap_days - spread.days_since_last_order") }} as days_until_next_order,
        case
            when spread.customer_id is not null
                then {{ quantise(
                    "(spread.shorter_gap_count + " ~ reference_statistic("gap_median_days_weight")
                    ~ " * coalesce(waited.shorter_gap_share, 0.05)) / (spread.gap_count + "
                    ~ reference_statistic("gap_median_days_weight") ~ ")"
                ) }}
        end as overdue_probability,
        {{ quantise("1.0 * spread.days_since_last_order / nullif(spread.median_gap_days, 0)") }} as overdue_ratio_364d
    from spine
    cross join availability
    left join spread
        on spine.customer_id = spread.customer_id
        and spine.as_of_date = spread.as_of_date
    left join waited
        on spine.customer_id = waited.customer_id
        and spine.as_of_date = waited.as_of_date
)

select * from final
