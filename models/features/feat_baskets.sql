with

spine as (
    select * from {{ ref("int_spine") }}
),

availability as (
    select * from {{ ref("int_availability") }}
),

product_days as (
    select * from {{ ref("int_person_product_days") }}
),

products as (
    select * from {{ ref("int_products") }}
),

/*
    What was bought and not cancelled since. Two stages: counting distinct products and categories of everybody at
    once does not fit in memory at scale.
*/
bought as (
    select
        customer_id,
        as_of_date,
        product_id,
        sum(line_count) as line_count_182d,
        {{ as_amount("sum(net_amount)") }} as net_amount_182d,
        {{ as_amount("sum(discount_amount)") }} as discount_amount_182d,
        {{ sum_within("line_count", 91) }} as line_count_91d
    from product_days
    where age_days <= 182
    group by
        customer_id,
        as_of_date,
        product_id
    having sum(line_count) <> 0
),

categories as (
    select
        bought.customer_id,
        bought.as_of_date,
        products.category,
        products.department,
        sum(case when bought.line_count_182d > 0 then 1 else 0 end) as product_count_182d,
        max(case when bought.line_count_91d > 0 then 1 else 0 end) as is_bought_91d,
        sum(bought.net_amount_182d) as net_amount_182d,
        sum(bought.discount_amount_182d) as discount_amount_182d,
        sum(case when products.is_private_label then bought.net_amount_182d else 0 end) as private_label_amount_182d
    from bought
    left join products
        on bought.product_id = products.product_id
    group by
        bought.customer_id,
        bought.as_of_date,
        products.category,
        products.department
),

measured as (
    select
        customer_id,
        as_of_date,
        sum(product_count_182d) as product_count_182d,
        count(distinct case when net_amount_182d > 0 then category end) as category_count_182d,
        count(distinct case when is_bought_91d = 1 then category end) as category_count_91d,
        count(distinct case when net_amount_182d > 0 then department end) as department_count_182d,
        sum(net_amount_182d) as net_amount_182d,
        max(net_amount_182d) as top_category_amount_182d,
        sum(discount_amount_182d) as discount_amount_182d,
        sum(private_label_amount_182d) as private_label_amount_182d
    from categories
    group by
        customer_id,
        as_of_date
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        cast({{ where_available("has_line_products", "measured.product_count_182d") }} as bigint) as product_count_182d,
        cast({{ where_available("has_product_category", "measured.category_count_91d") }} as bigint)
            as category_count_91d,
        cast({{ where_available("has_product_category", "measured.category_count_182d") }} as bigint)
            as category_count_182d,
        cast({{ where_available("has_product_category", "measured.department_count_182d") }} as bigint)
            as department_count_182d,
        case
            when availability.has_product_category and measured.net_amount_182d > 0
                then {{ quantise(as_double("measured.top_category_amount_182d") ~ " / measured.net_amount_182d") }}
        end as top_category_share_182d,
        case
            when availability.has_private_label and measured.net_amount_182d > 0
                then {{ quantise(as_double("measured.private_label_amount_182d") ~ " / measured.net_amount_182d") }}
        end as private_label_share_182d,
        case
            when availability.has_line_discounts
                then {{ quantise(
                    as_double("measured.discount_amount_182d")
                    ~ " / nullif(measured.net_amount_182d + measured.discount_amount_182d, 0)"
                ) }}
        end as line_discount_share_182d
    from spine
    cross join availability
    left join measured
        on spine.customer_id = measured.customer_id
        and spine.as_of_date = measured.as_of_date
)

select * from final
