with

coverage as (
    select * from {{ ref("int_offer_coverage") }}
),

offers as (
    select * from {{ ref("stg_sales__offers") }}
    where row_status = 'accepted'
),

products as (
    select * from {{ ref("int_products") }}
),

kinds as (
    select * from {{ ref("offer_kinds") }}
),

delivered as (
    select
        coverage.offer_id,
        coalesce(offers.offer_type, 'unknown') as offer_kind,
        coalesce(offers.offer_name, offers.offer_id) as offer_name,
        offers.start_date,
        offers.end_date,
        coverage.product_id
    from coverage
    inner join offers
        on coverage.offer_id = offers.offer_id
),

categories as (
    select
        'category:' || category as offer_id,
        'category' as offer_kind,
        category as offer_name,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        product_id
    from products
    where category is not null
),

named as (
    select * from delivered
    union all
    select * from categories
),

/* A kind that is not listed can be offered. */
final as (
    select
        named.offer_id,
        named.offer_kind,
        named.offer_name,
        named.start_date,
        named.end_date,
        named.product_id,
        products.department
    from named
    left join kinds
        on named.offer_kind = kinds.offer_kind
    left join products
        on named.product_id = products.product_id
    where coalesce(kinds.is_offered, true)
)

select * from final
