with

raw_rows as (
    select * from {{ ref("base_crm__customers") }}
),

cleaned as (
    select
        raw_rows.customer_id,
        raw_rows.created_at,
        raw_rows.updated_at,
        raw_rows.first_name,
        raw_rows.last_name,
        raw_rows.email,
        raw_rows.phone,
        raw_rows.address,
        raw_rows.postal_code,
        raw_rows.city,
        raw_rows.region,
        raw_rows.country,
        raw_rows.birth_date,
        raw_rows.age_band,
        raw_rows.sex,
        raw_rows.marital_status,
        raw_rows.income_band,
        raw_rows.occupation,
        raw_rows.household_id,
        raw_rows.household_size,
        raw_rows.children_count,
        raw_rows.home_ownership,
        raw_rows.acquisition_source,
        raw_rows.consent_email,
        raw_rows.consent_phone,
        raw_rows.consent_sms,
        raw_rows.consent_post,
        raw_rows.profiling_objection,
        raw_rows.merged_into,
        raw_rows.deleted_at,
        {{ business_date("raw_rows.created_at") }} as created_date,
        {{ business_date("raw_rows.updated_at") }} as updated_date,
        {{ business_date("raw_rows.deleted_at") }} as deleted_date,
        raw_rows._delivery,
        raw_rows._version,
        raw_rows._loaded_at,
        raw_rows._row_hash,
        raw_rows._reason,
        raw_rows._reason_column,
        raw_rows._raw
    from raw_rows
),

ranked as (
    select
        *,
        {{ delivery_rank(["customer_id", "updated_at"]) }} as _delivery_rank,
        {{ winner_hash(["customer_id", "updated_at"]) }} as _winner_hash
    from cleaned
),

final as (
    select
        customer_id,
        created_at,
        updated_at,
        first_name,
        last_name,
        email,
        phone,
        address,
        postal_code,
        city,
        region,
        country,
        birth_date,
        age_band,
        sex,
        marital_status,
        income_band,
        occupation,
        household_id,
        household_size,
        children_count,
        home_ownership,
        acquisition_source,
        consent_email,
        consent_phone,
        consent_sms,
        consent_post,
        profiling_objection,
        merged_into,
        deleted_at,
        created_date,
        updated_date,
        deleted_date,
        {{ row_status() }} as row_status,
        {{ row_reason() }} as row_reason,
        {{ row_reason_column() }} as row_reason_column,
        _delivery,
        _version,
        _raw
    from ranked
)

select * from final
