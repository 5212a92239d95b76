{#-
    Records that linking keys join, however indirectly, by passing on the least label: to all that share a key, then to all that bear it.
    A label is the first day of a record and its key, so that the oldest record names the person. Each pass more than doubles the reach:
    five passes reach chains of more than thirty records, and a test says whether they were enough. A recursive query would do, but not
    on every engine.
-#}
{%- set passes = 5 -%}
with

links as (
    select * from {{ ref("int_identity_shared_keys") }}
    where outcome = 'links'
),

records as (
    select
        crm_merges.customer_id,
        crm_merges.as_of_date,
        min(records.first_known_date) as first_known_date
    from {{ ref("int_customer_merges") }} as crm_merges
    inner join {{ ref("int_source_customer_dates") }} as records
        on crm_merges.source_customer_id = records.source_customer_id
        and crm_merges.as_of_date = records.as_of_date
    group by
        crm_merges.customer_id,
        crm_merges.as_of_date
),

people_0 as (
    select
        links.customer_id,
        links.as_of_date,
        min({{ as_text("records.first_known_date") }} || ' ' || links.customer_id) as person_label,
        min(links.birth_date) as first_birth_date,
        max(links.birth_date) as last_birth_date,
        max(case when links.rule_name = 'reviewed' then 1 else 0 end) as reviewed
    from links
    inner join records
        on links.customer_id = records.customer_id
        and links.as_of_date = records.as_of_date
    group by
        links.customer_id,
        links.as_of_date
),

bearers as (
    select distinct
        customer_id,
        as_of_date,
        key_digest
    from links
),

{% for pass in range(1, passes + 1) %}
key_labels_{{ pass }} as (
    select
        bearers.as_of_date,
        bearers.key_digest,
        min(people.person_label) as person_label
    from bearers
    inner join people_{{ pass - 1 }} as people
        on bearers.customer_id = people.customer_id
        and bearers.as_of_date = people.as_of_date
    group by
        bearers.as_of_date,
        bearers.key_digest
),

reached_{{ pass }} as (
    select
        bearers.customer_id,
        bearers.as_of_date,
        min(key_labels.person_label) as person_label
    from bearers
    inner join key_labels_{{ pass }} as key_labels
        on bearers.key_digest = key_labels.key_digest
        and bearers.as_of_date = key_labels.as_of_date
    group by
        bearers.customer_id,
        bearers.as_of_date
),

people_{{ pass }} as (
    select
        reached.customer_id,
        reached.as_of_date,
        least(reached.person_label, named.person_label) as person_label
    from reached_{{ pass }} as reached
    inner join reached_{{ pass }} as named
        on substr(reached.person_label, 12) = named.customer_id
        and reached.as_of_date = named.as_of_date
),

{% endfor %}
judged as (
    select
        people.customer_id,
        people.as_of_date,
        substr(people.person_label, 12) as component_customer_id,
        min(people_0.first_birth_date) over (partition by people.as_of_date, people.person_label)
        <> max(people_0.last_birth_date) over (partition by people.as_of_date, people.person_label)
        and max(people_0.reviewed) over (partition by people.as_of_date, people.person_label) = 0 as is_contradicted
    from people_{{ passes }} as people
    inner join people_0
        on people.customer_id = people_0.customer_id
        and people.as_of_date = people_0.as_of_date
),

final as (
    select
        customer_id,
        as_of_date,
        component_customer_id,
        coalesce(is_contradicted, false) as is_contradicted
    from judged
)

select * from final
