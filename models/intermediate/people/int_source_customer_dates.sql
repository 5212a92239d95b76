with

source_customers as (
    select * from {{ ref("int_source_customers") }}
),

dates as (
    select * from {{ ref("int_as_of_dates") }}
),

versions as (
    select * from {{ ref("int_customer_versions") }}
),

known_versions as (
    select
        dates.as_of_date,
        versions.*,
        row_number() over (
            partition by versions.customer_id, dates.as_of_date
            order by versions.known_at desc
        ) as recency_rank
    from versions
    inner join dates
        on versions.known_date < dates.as_of_date
),

current_versions as (
    select * from known_versions
    where recency_rank = 1
),

first_versions as (
    select * from versions
    where is_first
),

final as (
    select
        source_customers.source_customer_id,
        dates.as_of_date,
        source_customers.first_known_date,
        current_versions.customer_id is not null or first_versions.customer_id is not null as has_profile,
        current_versions.known_at,
        {% for column in stable_customer_columns() -%}
        case
            when current_versions.customer_id is not null then current_versions.{{ column }}
            else first_versions.{{ column }}
        end as {{ column }},
        {% endfor -%}
        {{ select_columns(changing_customer_columns(), "current_versions") }}
    from source_customers
    inner join dates
        on source_customers.first_known_date < dates.as_of_date
    left join current_versions
        on source_customers.source_customer_id = current_versions.customer_id
        and dates.as_of_date = current_versions.as_of_date
    left join first_versions
        on source_customers.source_customer_id = first_versions.customer_id
        and dates.as_of_date > first_versions.created_date
)

select * from final
