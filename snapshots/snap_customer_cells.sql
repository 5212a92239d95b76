{#- Said here and not in YAML: of a snapshot that stands there alone dbt loses sight when it parses in part. -#}
{% snapshot snap_customer_cells %}

{{ config(
    strategy="check",
    unique_key="customer_id",
    check_cols=[
        "created_at", "birth_date", "age_band", "sex", "marital_status", "income_band", "occupation", "household_id",
        "household_size", "children_count", "home_ownership", "acquisition_source", "region", "country",
        "consent_email", "consent_phone", "consent_sms", "consent_post", "profiling_objection", "merged_into",
        "deleted_at",
    ],
    hard_deletes="ignore",
) }}

select * from {{ ref("int_latest_customer_cells") }}

{% endsnapshot %}
