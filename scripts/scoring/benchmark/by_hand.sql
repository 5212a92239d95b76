/*
    What the project makes of orders and order lines, written by hand for DuckDB: roll-ups by customer and day, the features of purchases,
    gaps and baskets, the scores of the cards that these feed. No rejected rows, no reasons, no tests, no increments: the yardstick of
    `scoring benchmark --lines`, which compares every cell with the models. Frozen: whoever changes it changes what all ratios mean.

    Filled in: {raw} the folder, {rates} the seed of currency rates, {statistics} the seed of reference statistics, {points} the cards as
    one expression per score.
*/
create macro amount(x) as cast(x as decimal(18, 4));
create macro rounded_4(x) as cast(floor(cast(x as double) * 10000 + 0.5) / 10000 as decimal(18, 4));
create macro rounded_6(x) as cast(floor(cast(x as double) * 1000000 + 0.5) / 1000000 as decimal(18, 6));
create macro decay(age, half_life) as cast(power(0.5, cast(age as double) / half_life) as decimal(20, 9));
create macro cell(x) as coalesce(cast(x as varchar), chr(30));

create table rates as
select
    currency,
    cast(rate_to_reporting_currency as decimal(20, 8)) as rate,
    cast(valid_from_date as date) as valid_from,
    coalesce(lead(cast(valid_from_date as date)) over (partition by currency order by valid_from_date), date '9999-12-31') as valid_to
from read_csv('{rates}', all_varchar = true);

create table statistics as
select statistic_name as name, cast(statistic_value as decimal(18, 6)) as value from read_csv('{statistics}', all_varchar = true);

create macro statistic(wanted) as (select value from statistics where name = wanted);

create view readable_orders as
select
    nullif(trim(order_id), '') as order_id,
    nullif(trim(customer_id), '') as customer_id,
    ordered_at,
    amount,
    nullif(trim(currency), '') as currency,
    nullif(trim(channel), '') as channel,
    nullif(trim(status), '') as status,
    discount_amount,
    coupon_amount,
    nullif(trim(store_id), '') as store_id,
    filename
from read_parquet('{raw}/sales/orders/*.parquet', filename = true)
where
    nullif(trim(order_id), '') is not null
    and ordered_at >= timestamp '1990-01-01'
    and ordered_at < now() + interval 1 day
    and amount between -1000000000 and 1000000000
    and coalesce(discount_amount, 0) >= 0
    and coalesce(coupon_amount, 0) >= 0;

create table repeated_orders as
select order_id from readable_orders group by order_id having count(*) > 1;

/* Of the rows of one order the last file counts, within a file the greater hash. */
create table orders as
select * exclude (filename)
from (
    select * from readable_orders where order_id not in (select order_id from repeated_orders)
    union all
    select *
    from readable_orders
    where order_id in (select order_id from repeated_orders)
    qualify row_number() over (
        partition by order_id
        order by
            filename desc,
            cast(
                md5_number_lower(
                    concat_ws(
                        chr(31), cell(order_id), cell(customer_id), cell(ordered_at), cell(amount), cell(currency), cell(channel),
                        cell(status), chr(30), cell(discount_amount), cell(coupon_amount), cell(store_id)
                    )
                ) >> 4 as bigint
            ) desc
    ) = 1
)
where coalesce(upper(currency), 'USD') in (select currency from rates);

create view readable_lines as
select
    nullif(trim(order_id), '') as order_id,
    line_number,
    nullif(trim(product_id), '') as product_id,
    quantity,
    unit_price,
    net_amount,
    discount_amount,
    coupon_amount,
    _loaded_at,
    filename
from read_parquet('{raw}/sales/order_lines/*.parquet', filename = true)
where
    nullif(trim(order_id), '') is not null
    and line_number >= 0
    and net_amount between -1000000000 and 1000000000
    and coalesce(unit_price, 0) >= 0
    and coalesce(discount_amount, 0) >= 0
    and coalesce(coupon_amount, 0) >= 0;

create table repeated_lines as
select order_id, line_number from readable_lines group by order_id, line_number having count(*) > 1;

create table lines as
select * exclude (filename, _loaded_at, quantity, unit_price)
from (
    select readable_lines.* from readable_lines anti join repeated_lines using (order_id, line_number)
    union all
    select *
    from (select readable_lines.* from readable_lines semi join repeated_lines using (order_id, line_number))
    qualify row_number() over (
        partition by order_id, line_number
        order by
            _loaded_at desc nulls last,
            filename desc,
            cast(
                md5_number_lower(
                    concat_ws(
                        chr(31), cell(order_id), cell(line_number), cell(product_id), cell(quantity), cell(unit_price), cell(net_amount),
                        cell(discount_amount), cell(coupon_amount)
                    )
                ) >> 4 as bigint
            ) desc
    ) = 1
)
where not (net_amount < 0 and coalesce(quantity, 0) > 0);

create table counted_orders as
select
    order_id,
    customer_id,
    cast(ordered_at as date) as order_date,
    coalesce(upper(currency), 'USD') as currency,
    coalesce(channel, 'unknown') as channel,
    amount,
    discount_amount,
    coupon_amount
from orders
where customer_id is not null and coalesce(lower(status), '') <> 'cancelled';

create table as_of as
select max(cast(ordered_at as date)) + 1 as day from orders;

create table people as
select distinct customer_id from orders where customer_id is not null;

create table order_days as
select
    counted_orders.customer_id,
    order_date,
    currency,
    channel,
    count(*) filter (amount >= 0) as order_count,
    count(*) filter (amount < 0) as return_count,
    sum(coalesce(line_count, 0)) as line_count,
    count(*) filter (amount >= 0 and coalesce(counted_orders.coupon_amount, baskets.coupon_amount, 0) > 0) as coupon_order_count,
    amount(sum(amount)) as amount,
    amount(coalesce(sum(amount) filter (amount < 0), 0)) as return_amount,
    amount(sum(coalesce(counted_orders.discount_amount, baskets.discount_amount, 0))) as discount_amount,
    amount(sum(coalesce(counted_orders.coupon_amount, baskets.coupon_amount, 0))) as coupon_amount
from counted_orders
left join (
    select order_id, count(*) as line_count, sum(discount_amount) as discount_amount, sum(coupon_amount) as coupon_amount
    from lines
    group by order_id
) as baskets using (order_id)
group by all;

create table product_days as
select
    customer_id,
    order_date,
    currency,
    coalesce(product_id, 'unknown') as product_id,
    count(*) as line_count,
    amount(sum(net_amount)) as net_amount,
    amount(sum(coalesce(lines.discount_amount, 0))) as discount_amount
from lines
inner join counted_orders using (order_id)
group by all;

create table days as
select
    customer_id,
    day - order_date as age,
    order_date,
    channel,
    cast(sum(order_count) as bigint) as order_count,
    cast(sum(return_count) as bigint) as return_count,
    cast(sum(line_count) as bigint) as line_count,
    cast(sum(coupon_order_count) as bigint) as coupon_order_count,
    amount(sum(amount(amount * rate))) as amount,
    amount(sum(amount(return_amount * rate))) as return_amount,
    amount(sum(amount(discount_amount * rate))) as discount_amount,
    amount(sum(amount(coupon_amount * rate))) as coupon_amount
from order_days
inner join rates on order_days.currency = rates.currency and order_date >= valid_from and order_date < valid_to
cross join as_of
group by customer_id, age, order_date, channel
having sum(order_count) > 0 or sum(return_count) > 0;

create table purchases as
select
    customer_id,
    min(age) filter (order_count > 0) as days_since_last_order,
    max(age) filter (order_count > 0) as days_since_first_order,
    count(distinct order_date) filter (order_count > 0 and age <= 91) as order_day_count_91d,
    count(distinct (age - 1) // 7) filter (order_count > 0 and age <= 91) as order_week_count_91d,
    coalesce(sum(order_count) filter (age <= 7), 0) as order_count_7d,
    coalesce(sum(order_count) filter (age <= 28), 0) as order_count_28d,
    coalesce(sum(order_count) filter (age <= 56), 0) as order_count_56d,
    coalesce(sum(order_count) filter (age <= 91), 0) as order_count_91d,
    coalesce(sum(order_count) filter (age <= 182), 0) as order_count_182d,
    coalesce(sum(order_count) filter (age <= 364), 0) as order_count_364d,
    sum(order_count) as order_count_lifetime,
    amount(coalesce(sum(amount) filter (age <= 7), 0)) as order_amount_7d,
    amount(coalesce(sum(amount) filter (age <= 28), 0)) as order_amount_28d,
    amount(coalesce(sum(amount) filter (age <= 91), 0)) as order_amount_91d,
    amount(coalesce(sum(amount) filter (age <= 182), 0)) as order_amount_182d,
    amount(coalesce(sum(amount) filter (age <= 364), 0)) as order_amount_364d,
    amount(sum(amount)) as order_amount_lifetime,
    coalesce(sum(return_count) filter (age <= 364), 0) as return_count_364d,
    amount(coalesce(-sum(return_amount) filter (age <= 364), 0)) as return_amount_364d,
    coalesce(sum(coupon_order_count) filter (age <= 182), 0) as coupon_order_count_182d,
    amount(coalesce(sum(coupon_amount) filter (age <= 91), 0)) as coupon_amount_91d,
    amount(coalesce(sum(discount_amount) filter (age <= 182), 0)) as discount_amount_182d,
    coalesce(sum(line_count) filter (age <= 182), 0) as line_count_182d,
    coalesce(sum(order_count) filter (age <= 364 and channel in ('web', 'app', 'online')), 0) as online_order_count_364d,
    count(distinct channel) filter (age <= 364 and order_count > 0) as order_channel_count_364d,
    sum(order_count * decay(age, 14)) as decayed_order_count_14d,
    sum(order_count * decay(age, 56)) as decayed_order_count_56d,
    sum(amount * decay(age, 56)) as decayed_order_amount_56d
from days
group by customer_id;

create table gaps as
with gap_days as (
    select customer_id, order_date, age, order_date - lag(order_date) over by_person as gap
    from (select distinct customer_id, order_date, age from days where age <= 364 and order_count > 0)
    window by_person as (partition by customer_id order by order_date)
),

pairs as (
    select *, min(age) over (partition by customer_id) as wait, lag(gap) over (partition by customer_id order by order_date) as previous_gap
    from gap_days
),

shares as (
    select *, cast(1.0 * previous_gap / (previous_gap + gap) as decimal(18, 9)) as share from pairs
),

measured as (
    select
        customer_id,
        count(gap) as gap_count,
        min(age) as last_age,
        sum(gap) as gap_sum,
        sum(gap * gap) as gap_square_sum,
        quantile_cont(gap, 0.5) as median_gap,
        sum(cast(ln(gap) as decimal(18, 9))) as gap_log_sum,
        count(*) filter (gap < wait) as shorter_gap_count,
        count(share) as pair_count,
        sum(cast(share - 0.5 as decimal(18, 9)) * cast(share - 0.5 as decimal(18, 9))) as share_square_sum
    from shares
    group by customer_id
),

waited as (
    select *, (select count(*) from statistics where name like 'gap_days_decile_%' and value < last_age) as deciles from measured
)

select
    *,
    (cast(share_square_sum as double) + statistic('gap_share_variance') * statistic('gap_share_variance_weight'))
    / (pair_count + statistic('gap_share_variance_weight')) as share_variance,
    (cast(coalesce(gap_count * median_gap, 0) as double) + statistic('gap_median_days') * statistic('gap_median_days_weight'))
    / (gap_count + statistic('gap_median_days_weight')) as expected_gap,
    ln(cast(gap_sum as double) / nullif(gap_count, 0)) - gap_log_sum / nullif(gap_count, 0) as gap_log_spread,
    case
        when gap_count > 1
            then sqrt(
                greatest(cast(gap_count * gap_square_sum - gap_sum * gap_sum as double), 0)
                / (cast(gap_count as double) * (gap_count - 1))
            )
    end as gap_deviation
from waited;

create table baskets as
select
    customer_id,
    count(*) filter (line_count > 0) as product_count_182d,
    sum(net_amount) as net_amount_182d,
    sum(discount_amount) as line_discount_amount_182d
from (
    select
        customer_id,
        product_id,
        sum(line_count) as line_count,
        amount(sum(amount(net_amount * rate))) as net_amount,
        amount(sum(amount(discount_amount * rate))) as discount_amount
    from product_days
    inner join rates on product_days.currency = rates.currency and order_date >= valid_from and order_date < valid_to
    cross join as_of
    where day - order_date <= 182
    group by customer_id, product_id
)
group by customer_id;

create table features as
select
    people.customer_id,
    days_since_last_order,
    days_since_first_order,
    coalesce(order_day_count_91d, 0) as order_day_count_91d,
    coalesce(order_week_count_91d, 0) as order_week_count_91d,
    coalesce(order_count_7d, 0) as order_count_7d,
    coalesce(order_count_28d, 0) as order_count_28d,
    coalesce(order_count_91d, 0) as order_count_91d,
    coalesce(order_count_182d, 0) as order_count_182d,
    coalesce(order_count_364d, 0) as order_count_364d,
    coalesce(order_count_lifetime, 0) as order_count_lifetime,
    coalesce(return_count_364d, 0) as return_count_364d,
    coalesce(order_amount_7d, 0) as order_amount_7d,
    coalesce(order_amount_28d, 0) as order_amount_28d,
    coalesce(order_amount_91d, 0) as order_amount_91d,
    coalesce(order_amount_182d, 0) as order_amount_182d,
    coalesce(order_amount_364d, 0) as order_amount_364d,
    coalesce(order_amount_lifetime, 0) as order_amount_lifetime,
    rounded_4(order_amount_182d / nullif(cast(order_count_182d as double), 0)) as average_order_amount_182d,
    coalesce(rounded_6(decayed_order_count_14d), 0) as decayed_order_count_14d,
    coalesce(rounded_6(decayed_order_count_56d), 0) as decayed_order_count_56d,
    coalesce(rounded_6(decayed_order_amount_56d), 0) as decayed_order_amount_56d,
    rounded_6((2.0 * order_count_28d - order_count_56d) / nullif(order_count_56d, 0)) as order_count_trend_28d,
    rounded_6(cast(2 * order_amount_91d - order_amount_182d as double) / nullif(order_amount_182d, 0)) as order_amount_trend_91d,
    rounded_6(
        cast(least(return_amount_364d, order_amount_364d + return_amount_364d) as double)
        / nullif(order_amount_364d + return_amount_364d, 0)
    ) as return_amount_share_364d,
    rounded_6(1.0 * coupon_order_count_182d / nullif(order_count_182d, 0)) as coupon_order_share_182d,
    coalesce(coupon_amount_91d, 0) as coupon_amount_91d,
    rounded_6(cast(discount_amount_182d as double) / nullif(order_amount_182d + discount_amount_182d, 0)) as discount_share_182d,
    rounded_6(1.0 * line_count_182d / nullif(order_count_182d, 0)) as average_basket_lines_182d,
    rounded_6(1.0 * online_order_count_364d / nullif(order_count_364d, 0)) as online_order_share_364d,
    coalesce(order_channel_count_364d, 0) as order_channel_count_364d,
    coalesce(gap_count, 0) as gap_count_364d,
    rounded_6(1.0 * gap_sum / nullif(gap_count, 0)) as mean_gap_days_364d,
    rounded_6(median_gap) as median_gap_days_364d,
    rounded_6(gap_deviation) as gap_deviation_days_364d,
    rounded_6(gap_deviation * gap_count / nullif(gap_sum, 0)) as gap_variation_364d,
    case when gap_count > 1 then rounded_6((1 - 4 * share_variance) / nullif(8 * share_variance, 0)) end as gap_regularity_364d,
    case
        when gap_count > 1
            then rounded_6(
                (
                    cast(gap_count * gap_log_spread as double)
                    + statistic('gap_log_spread') * statistic('gap_log_spread_weight')
                ) / (gap_count + statistic('gap_log_spread_weight'))
            )
    end as gap_log_spread_364d,
    rounded_6(expected_gap) as expected_gap_days_364d,
    rounded_6(expected_gap - last_age) as days_until_next_order,
    rounded_6(
        (
            shorter_gap_count
            + statistic('gap_median_days_weight') * case when deciles > 0 then cast(deciles as double) / 10 + 0.05 else 0.05 end
        ) / (gap_count + statistic('gap_median_days_weight'))
    ) as overdue_probability,
    rounded_6(1.0 * last_age / nullif(median_gap, 0)) as overdue_ratio_364d,
    coalesce(product_count_182d, 0) as product_count_182d,
    rounded_6(cast(line_discount_amount_182d as double) / nullif(net_amount_182d + line_discount_amount_182d, 0)) as line_discount_share_182d
from people
left join purchases using (customer_id)
left join gaps using (customer_id)
left join baskets using (customer_id);

create table scores as
select
    customer_id,
    {points}
from features;
