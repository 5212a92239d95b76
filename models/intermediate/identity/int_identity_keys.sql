{#-
    Keys that can make two records one person, as digests: what they are made of goes no further. A record that the CRM deleted links to
    nobody, or a person who came back would be deleted with it.
-#}
with

cells as (
    select * from {{ ref("int_identity_cells") }}
),

placeholders as (
    select * from {{ ref("identity_placeholders") }}
),

verdicts as (
    select * from {{ ref("int_identity_verdicts") }}
),

records as (
    select
        records.source_customer_id,
        records.as_of_date,
        records.birth_date,
        crm_merges.customer_id
    from {{ ref("int_source_customer_dates") }} as records
    inner join {{ ref("int_customer_merges") }} as crm_merges
        on records.source_customer_id = crm_merges.source_customer_id
        and records.as_of_date = crm_merges.as_of_date
    where records.deleted_at is null or {{ business_date("records.deleted_at") }} >= records.as_of_date
),

known_cells as (
    select
        records.source_customer_id,
        records.as_of_date,
        records.customer_id,
        records.birth_date,
        cells.first_name,
        cells.last_name,
        cells.email,
        cells.phone,
        cells.postal_code,
        cells.is_email_valid,
        cells.is_phone_valid,
        row_number() over (
            partition by records.source_customer_id, records.as_of_date
            order by cells.known_at desc
        ) as place
    from records
    left join cells
        on records.source_customer_id = cells.customer_id
        and records.as_of_date > cells.known_date
),

keys as (
    {% for rule, key, condition in [
        ("email", "email", "is_email_valid"),
        ("phone", "phone", "is_phone_valid"),
        ("name_birth_post", "first_name || '|' || last_name || '|' || " ~ as_text("birth_date") ~ " || '|' || postal_code", "true"),
    ] %}
    select
        source_customer_id,
        as_of_date,
        customer_id,
        birth_date,
        first_name,
        '{{ rule }}' as rule_name,
        {{ key }} as key_text
    from known_cells
    where
        place = 1
        and {{ condition }}
        and {{ key }} is not null
        and not exists (
            select 1 from placeholders
            where
                placeholders.kind = '{{ "name" if "name" in rule else rule }}'
                and known_cells.{{ "last_name" if "name" in rule else key }} like placeholders.pattern
        )
    union all
    {% endfor %}
    select
        known_cells.source_customer_id,
        known_cells.as_of_date,
        known_cells.customer_id,
        known_cells.birth_date,
        known_cells.first_name,
        'reviewed' as rule_name,
        verdicts.customer_id || '|' || verdicts.other_customer_id as key_text
    from verdicts
    inner join known_cells
        on known_cells.source_customer_id in (verdicts.customer_id, verdicts.other_customer_id)
        and verdicts.as_of_date = known_cells.as_of_date
    where known_cells.place = 1 and verdicts.verdict = 'same'
),

final as (
    select
        source_customer_id,
        as_of_date,
        rule_name,
        md5(rule_name || '|' || key_text) as key_digest,
        customer_id,
        birth_date,
        first_name
    from keys
)

select * from final
