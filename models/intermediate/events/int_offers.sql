with

offer_products as (
    select * from {{ ref("int_offer_products") }}
),

dates as (
    select * from {{ ref("int_as_of_dates") }}
),

counted as (
    select
        offer_id,
        offer_kind,
        offer_name,
        start_date,
        end_date,
        department,
        row_number() over (
            partition by offer_id
            order by case when department is null then 1 else 0 end, count(*) desc, department
        ) as place
    from offer_products
    group by
        offer_id,
        offer_kind,
        offer_name,
        start_date,
        end_date,
        department
),

/* An offer can be made from its first day on and to its last. Its department is that of most of its products. */
final as (
    select
        counted.offer_id,
        dates.as_of_date,
        counted.offer_kind,
        counted.offer_name,
        counted.department
    from counted
    inner join dates
        on coalesce(counted.start_date, dates.as_of_date) <= dates.as_of_date
        and coalesce(counted.end_date, dates.as_of_date) >= dates.as_of_date
    where counted.place = 1
)

select * from final
