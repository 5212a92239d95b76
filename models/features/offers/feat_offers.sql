with

spine as (
    select * from {{ ref("int_spine") }}
),

availability as (
    select * from {{ ref("int_availability") }}
),

offers as (
    select * from {{ ref("int_offers") }}
),

references_ as (
    select * from {{ ref("reference_offers") }}
),

purchases as (
    select * from {{ ref("feat_offer_purchases") }}
),

copurchases as (
    select * from {{ ref("feat_offer_copurchases") }}
),

departments as (
    select * from {{ ref("feat_departments") }}
),

persons as (
    select * from {{ ref("feat_purchases") }}
),

/* What is usual for an offer as an intensity: days in a spell of 28. */
usual as (
    select
        offers.offer_id,
        offers.as_of_date,
        offers.department,
        references_.purchase_rate,
        -ln(
            1 - coalesce({{ as_double("references_.purchase_rate") }}, {{ reference_statistic("offer_rate") }})
        ) as intensity
    from offers
    left join references_
        on offers.offer_id = references_.offer_id
),

/* Places are frozen with the reference, so that nobody's candidates depend on who else is scored. */
placed as (
    select
        offer_id,
        as_of_date,
        row_number() over (
            partition by as_of_date
            order by purchase_rate desc nulls last, offer_id asc
        ) as place
    from usual
),

/* Everybody's candidates are the offers most often taken, and whatever they took themselves. */
candidates as (
    select
        spine.customer_id,
        spine.as_of_date,
        placed.offer_id
    from spine
    inner join placed
        on spine.as_of_date = placed.as_of_date
        and placed.place <= {{ var("offer_candidates") }}
    union
    select
        purchases.customer_id,
        purchases.as_of_date,
        purchases.offer_id
    from purchases
    inner join offers
        on purchases.offer_id = offers.offer_id
        and purchases.as_of_date = offers.as_of_date
),

final as (
    select
        candidates.customer_id,
        candidates.as_of_date,
        candidates.offer_id,
        usual.purchase_rate as offer_purchase_rate,
        purchases.days_since_last as offer_days_since_last,
        {% for days in [28, 91, 182, 364] -%}
        cast({{ where_available("has_line_products", "purchases.day_count_" ~ days ~ "d") }} as bigint)
            as offer_day_count_{{ days }}d,
        {{ as_amount(where_available("has_line_products", "purchases.amount_" ~ days ~ "d")) }}
            as offer_amount_{{ days }}d,
        {% endfor -%}
        cast({{ where_available("has_line_products", "purchases.decayed_day_count_56d") }} as decimal(18, 6))
            as offer_decayed_day_count_56d,
        {{ rate_ratio(
            "purchases.day_count_182d",
            "case when persons.days_since_first_order > 182 then 182 else persons.days_since_first_order end"
        ) }} as offer_rate_ratio_182d,
        {{ rate_ratio(
            "purchases.decayed_day_count_56d",
            "56 / ln(2) * (1 - power(0.5, " ~ as_double("persons.days_since_first_order") ~ " / 56))"
        ) }} as offer_rate_ratio_56d,
        {{ quantise(
            as_double("purchases.days_since_first - purchases.days_since_last")
            ~ " / nullif(purchases.day_count_364d - 1, 0)"
        ) }} as offer_mean_gap_days_364d,
        {{ quantise(
            as_double("purchases.days_since_last * (purchases.day_count_364d - 1)")
            ~ " / nullif(purchases.days_since_first - purchases.days_since_last, 0)"
        ) }} as offer_overdue_ratio_364d,
        {{ quantise(
            as_double(where_available("has_line_products", "purchases.decayed_day_count_56d"))
            ~ " / nullif(persons.decayed_order_count_56d, 0)"
        ) }} as offer_order_share_56d,
        departments.days_since_last as offer_department_days_since_last,
        case
            when usual.department is not null
                then cast({{ where_available("has_line_products", "departments.day_count_91d") }} as bigint)
        end as offer_department_day_count_91d,
        copurchases.copurchase_lift as offer_copurchase_lift
    from candidates
    cross join availability
    inner join usual
        on candidates.offer_id = usual.offer_id
        and candidates.as_of_date = usual.as_of_date
    inner join persons
        on candidates.customer_id = persons.customer_id
        and candidates.as_of_date = persons.as_of_date
    left join purchases
        on candidates.customer_id = purchases.customer_id
        and candidates.as_of_date = purchases.as_of_date
        and candidates.offer_id = purchases.offer_id
    left join departments
        on candidates.customer_id = departments.customer_id
        and candidates.as_of_date = departments.as_of_date
        and usual.department = departments.department
    left join copurchases
        on candidates.customer_id = copurchases.customer_id
        and candidates.as_of_date = copurchases.as_of_date
        and candidates.offer_id = copurchases.offer_id
)

select * from final
