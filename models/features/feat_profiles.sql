with

spine as (
    select * from {{ ref("int_spine") }}
),

persons as (
    select * from {{ ref("int_persons") }}
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        persons.age_band,
        persons.sex,
        persons.marital_status,
        persons.income_band,
        persons.occupation,
        persons.home_ownership,
        persons.acquisition_source,
        persons.region,
        persons.country,
        persons.household_size,
        persons.children_count,
        cast(
            floor({{ days_between("persons.birth_date", "spine.as_of_date") }} / 365.25) as bigint
        ) as age_years,
        case
            when {{ business_date("persons.created_at") }} < spine.as_of_date
                then cast({{ days_between(business_date("persons.created_at"), "spine.as_of_date") }} as bigint)
        end as tenure_days
    from spine
    inner join persons
        on spine.customer_id = persons.customer_id
        and spine.as_of_date = persons.as_of_date
)

select * from final
