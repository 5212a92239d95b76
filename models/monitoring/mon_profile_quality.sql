{#- Counts alone: no cell of a person leaves the query. -#}
{%- set judged = {"email": "is_email_valid", "phone": "is_phone_valid", "postal_code": "is_postal_code_valid"} -%}
{%- set profile_cells = [
    "created_at", "updated_at", "first_name", "last_name", "email", "phone", "address", "postal_code", "city", "region", "country",
    "birth_date", "age_band", "sex", "marital_status", "income_band", "occupation", "household_id", "household_size", "children_count",
    "home_ownership", "acquisition_source", "consent_email", "consent_phone", "consent_sms", "consent_post", "profiling_objection",
] -%}
with

customers as (
    select
        *,
        row_number() over (
            partition by customer_id
            order by updated_at desc nulls last
        ) as place
    from {{ ref("stg_crm__customers") }}
    where row_status = 'accepted'
),

identities as (
    select * from {{ ref("int_identity_cells") }}
    where is_latest
),

contract_columns as (
    select * from {{ ref("base_contract_columns") }}
    where source_name = 'crm' and table_name = 'customers'
),

counted as (
    select
        {% for cell, flag in judged.items() -%}
        count(case when identities.{{ flag }} then 1 end) as {{ cell }}_valid_count,
        count(identities.{{ flag }}) as {{ cell }}_judged_count,
        {% endfor -%}
        {% for cell in profile_cells -%}
        count(customers.{{ cell }}) as {{ cell }}_filled_count,
        {% endfor -%}
        count(*) as record_count
    from customers
    left join identities
        on customers.customer_id = identities.customer_id
    where customers.place = 1
),

listed as (
    {% for cell in profile_cells %}
    select
        '{{ cell }}' as column_name,
        record_count,
        {{ cell }}_filled_count as filled_count,
        {{ cell ~ "_judged_count" if cell in judged else "cast(null as bigint)" }} as judged_count,
        {{ cell ~ "_valid_count" if cell in judged else "cast(null as bigint)" }} as valid_count
    from counted
    {{ "union all" if not loop.last }}
    {% endfor %}
),

final as (
    select
        listed.column_name,
        contract_columns.is_delivered,
        listed.record_count,
        listed.filled_count,
        listed.judged_count,
        listed.valid_count
    from listed
    inner join contract_columns
        on listed.column_name = contract_columns.column_name
)

select * from final
