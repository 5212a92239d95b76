{#- An event of the person is their own, not an approach to them; a profile is as old as its latest version. -#}
{%- set own_events = ["order", "interaction", "response", "lead", "complaint"] -%}
with

features as (
    select features.*
    from {{ ref("feat_customers") }} as features
    inner join {{ ref("int_run") }} as runs
        on features.as_of_date = runs.as_of_date
),

written as (
    select
        links.customer_id,
        links.as_of_date,
        max({{ business_date("records.known_at") }}) as written_date
    from {{ ref("int_person_links") }} as links
    inner join {{ ref("int_source_customer_dates") }} as records
        on links.source_customer_id = records.source_customer_id
        and links.as_of_date = records.as_of_date
    group by
        links.customer_id,
        links.as_of_date
),

aged as (
    select
        least(
            {% for event in own_events -%}
            coalesce(features.days_since_last_{{ event }}, 99999){{ "," if not loop.last }}
            {% endfor -%}
        ) as event_days,
        coalesce({{ days_between("written.written_date", "features.as_of_date") }}, 99999) as written_days
    from features
    left join written
        on features.customer_id = written.customer_id
        and features.as_of_date = written.as_of_date
),

ages as (
    select
        'own event' as sign,
        event_days as age_days
    from aged
    union all
    select
        'profile' as sign,
        written_days as age_days
    from aged
),

final as (
    select
        sign,
        case
            when age_days <= 28 then '1: up to 28 days'
            when age_days <= 91 then '2: up to 91 days'
            when age_days <= 364 then '3: up to 364 days'
            when age_days < 99999 then '4: longer ago'
            else '5: never'
        end as age,
        count(*) as person_count
    from ages
    group by
        sign,
        case
            when age_days <= 28 then '1: up to 28 days'
            when age_days <= 91 then '2: up to 91 days'
            when age_days <= 364 then '3: up to 364 days'
            when age_days < 99999 then '4: longer ago'
            else '5: never'
        end
)

select * from final
