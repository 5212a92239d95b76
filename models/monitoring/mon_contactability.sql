{%- set addresses = {
    "email": "is_email_valid",
    "phone": "is_phone_valid",
    "sms": "is_phone_valid",
    "post": "address is not null and postal_code is not null and coalesce(is_postal_code_valid, true)",
} -%}
with

persons as (
    select persons.*
    from {{ ref("int_persons") }} as persons
    inner join {{ ref("int_run") }} as runs
        on persons.as_of_date = runs.as_of_date
    where not persons.is_deleted
),

identities as (
    select * from {{ ref("int_identity_cells") }}
    where is_latest
),

reachable as (
    select
        {% for channel, condition in addresses.items() -%}
        max(case when {{ condition }} then 1 else 0 end) = 1 as has_{{ channel }},
        {% endfor -%}
        links.customer_id,
        links.as_of_date
    from {{ ref("int_person_links") }} as links
    inner join identities
        on links.source_customer_id = identities.customer_id
    group by
        links.customer_id,
        links.as_of_date
),

final as (
    {% for channel in addresses %}
    select
        '{{ channel }}' as channel,
        count(*) as person_count,
        count(case when reachable.has_{{ channel }} then 1 end) as address_count,
        count(case when persons.consent_{{ channel }} then 1 end) as consent_count,
        count(case when not persons.consent_{{ channel }} then 1 end) as refusal_count,
        count(
            case
                when
                    reachable.has_{{ channel }}
                    and persons.consent_{{ channel }}
                    and not persons.has_profiling_objection
                    then 1
            end
        ) as contactable_count
    from persons
    left join reachable
        on persons.customer_id = reachable.customer_id
        and persons.as_of_date = reachable.as_of_date
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select * from final
