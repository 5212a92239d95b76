with

product_days as (
    select * from {{ ref("int_person_product_days") }}
    where age_days <= 364
),

products as (
    select * from {{ ref("int_products") }}
    where department is not null
),

department_days as (
    select
        product_days.customer_id,
        product_days.as_of_date,
        products.department,
        product_days.age_days
    from product_days
    inner join products
        on product_days.product_id = products.product_id
    group by
        product_days.customer_id,
        product_days.as_of_date,
        products.department,
        product_days.age_days
    having sum(product_days.line_count) <> 0 and sum(product_days.net_amount) > 0
),

final as (
    select
        customer_id,
        as_of_date,
        department,
        cast(min(age_days) as bigint) as days_since_last,
        cast(sum(case when age_days <= 91 then 1 else 0 end) as bigint) as day_count_91d
    from department_days
    group by
        customer_id,
        as_of_date,
        department
)

select * from final
