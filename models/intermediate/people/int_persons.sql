with

source_customers as (
    select * from {{ ref("int_source_customer_dates") }}
),

links as (
    select * from {{ ref("int_person_links") }}
),

/* One row with a column per column of a person. */
survivorship as (
    select
        {% for column in profile_columns() -%}
        max(case when column_name = '{{ column }}' then which_record end) as {{ column }}_record,
        {% endfor -%}
        count(*) as row_count
    from {{ ref("survivorship") }}
),

members as (
    select
        links.customer_id,
        source_customers.*,
        row_number() over (
            partition by links.customer_id, links.as_of_date
            order by
                case when links.customer_id = source_customers.source_customer_id then 0 else 1 end asc,
                source_customers.known_at desc nulls last,
                source_customers.source_customer_id asc
        ) as place,
        row_number() over (
            partition by links.customer_id, links.as_of_date
            order by
                case when source_customers.merged_into is null then 0 else 1 end asc,
                source_customers.known_at desc nulls last,
                source_customers.source_customer_id asc
        ) as newest_place,
        row_number() over (
            partition by links.customer_id, links.as_of_date
            order by
                source_customers.first_known_date asc,
                source_customers.source_customer_id asc
        ) as oldest_place
    from source_customers
    inner join links
        on source_customers.source_customer_id = links.source_customer_id
        and source_customers.as_of_date = links.as_of_date
),

ranked as (
    select
        {% for column in profile_columns() -%}
        case survivorship.{{ column }}_record
            when 'newest' then members.newest_place
            when 'oldest' then members.oldest_place
            else members.place
        end as {{ column }}_place,
        {% endfor -%}
        members.*
    from members
    cross join survivorship
),

final as (
    select
        customer_id,
        as_of_date,
        count(*) as source_customer_count,
        min(first_known_date) as first_known_date,
        min(created_at) as created_at,
        {% for column in profile_columns() -%}
        {{ first_known(column, column ~ "_place") }} as {{ column }},
        {% endfor -%}
        max(case when has_profile then 1 else 0 end) = 1 as has_profile,
        {% for channel in ["email", "phone", "sms", "post"] -%}
        min(case consent_{{ channel }} when true then 1 when false then 0 end) = 1 as consent_{{ channel }},
        {% endfor -%}
        max(case when profiling_objection then 1 else 0 end) = 1 as has_profiling_objection,
        max(
            case when place = 1 and {{ business_date("deleted_at") }} < as_of_date then 1 else 0 end
        ) = 1 as is_deleted
    from ranked
    group by
        customer_id,
        as_of_date
)

select * from final
