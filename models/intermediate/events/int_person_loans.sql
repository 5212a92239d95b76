with

loans as (
    select * from {{ ref("stg_finance__loans") }}
    where row_status = 'accepted'
),

links as (
    select * from {{ ref("int_person_links") }}
),

spine as (
    select * from {{ ref("int_spine") }}
),

rates as (
    select * from {{ ref("int_currency_rates") }}
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        loans.loan_id,
        loans.collateral_kind,
        {{ as_amount("loans.amount * rates.rate") }} as amount,
        {{ as_amount("loans.collateral_value * rates.rate") }} as collateral_value,
        coalesce(loans.defaulted_date < spine.as_of_date, false) as has_defaulted,
        coalesce(loans.closed_date < spine.as_of_date, false) as is_closed
    from loans
    inner join links
        on loans.customer_id = links.source_customer_id
    inner join spine
        on links.customer_id = spine.customer_id
        and links.as_of_date = spine.as_of_date
    inner join rates
        on loans.currency = rates.currency
        and loans.started_date >= rates.valid_from_date
        and loans.started_date < rates.valid_to_date
    where loans.started_date < spine.as_of_date
)

select * from final
