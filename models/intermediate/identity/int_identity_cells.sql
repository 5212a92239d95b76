with

customers as (
    select * from {{ ref("stg_crm__customers") }}
    where row_status = 'accepted'
),

runs as (
    select * from {{ ref("int_run") }}
),

formats as (
    select * from {{ ref("country_formats") }}
),

plain as (
    select
        customers.customer_id,
        {{ business_date("coalesce(customers.updated_at, cast(runs.data_date - 1 as timestamp))") }} as known_date,
        coalesce(customers.updated_at, cast(runs.data_date - 1 as timestamp)) as known_at,
        customers.birth_date,
        {{ plain_letters("customers.first_name") }} as first_name,
        {{ plain_letters("customers.last_name") }} as last_name,
        {{ plain_email("customers.email") }} as email,
        {{ plain_phone("customers.phone", "formats.calling_code", "formats.trunk_prefix") }} as phone,
        {{ plain_postal_code("customers.postal_code") }} as postal_code,
        {{ plain_letters("customers.address") }} as address,
        {{ plain_letters("customers.city") }} as city,
        formats.postal_code_shapes
    from customers
    cross join runs
    left join formats
        on upper(customers.country) = formats.country
),

final as (
    select
        customer_id,
        known_at,
        known_date,
        first_name,
        last_name,
        birth_date,
        email,
        phone,
        postal_code,
        address,
        city,
        {{ is_email("email") }} as is_email_valid,
        {{ is_phone("phone") }} as is_phone_valid,
        {{ dbt.position(
            "'|' || " ~ postal_code_shape("postal_code") ~ " || '|'",
            "'|' || postal_code_shapes || '|'"
        ) }} > 0 as is_postal_code_valid,
        row_number() over (
            partition by customer_id
            order by known_at desc
        ) = 1 as is_latest
    from plain
)

select * from final
