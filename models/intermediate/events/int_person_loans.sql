with

loans as (
    select * from {{ ref("stg_finance__loans") }}
    where row_status = 'accepted'
),

spine as (
    select * from {{ ref("int_source_spine") }}
),

rates as (
    select * from {{ ref("int_currency_rates") }}
),

haircuts as (
    select * from {{ ref("collateral_haircuts") }}
),

known as (
    select
        spine.customer_id,
        spine.as_of_date,
        loans.loan_id,
        loans.term_months,
        coalesce(loans.collateral_kind, 'none') as collateral_kind,
        {{ converted("loans.amount") }} as amount,
        {{ converted("loans.collateral_value") }} as collateral_value,
        {{ days_between(
            "loans.started_date",
            "least(coalesce(loans.defaulted_date, spine.as_of_date), spine.as_of_date)"
        ) }} as paid_days,
        coalesce(loans.defaulted_date < spine.as_of_date, false) as has_defaulted,
        coalesce(loans.closed_date < spine.as_of_date, false) as is_closed
    from loans
    inner join spine
        on loans.customer_id = spine.source_customer_id
    inner join rates
        on loans.currency = rates.currency
        and loans.started_date >= rates.valid_from_date
        and loans.started_date < rates.valid_to_date
    where loans.started_date < spine.as_of_date
),

/*
    What is still owed if it was paid back evenly up to a default; a kind of collateral without a haircut counts for
    nothing.
*/
final as (
    select
        known.customer_id,
        known.as_of_date,
        known.loan_id,
        known.collateral_kind,
        known.amount,
        known.collateral_value,
        {{ rounded(
            as_double("known.amount")
            ~ " * greatest(1 - coalesce(known.paid_days / nullif(30.4375 * known.term_months, 0), 0), 0)", 4
        ) }} as outstanding_amount,
        {{ rounded(
            as_double("coalesce(known.collateral_value, 0)") ~ " * (1 - coalesce(haircuts.haircut, 1))", 4
        ) }} as sure_collateral_amount,
        known.has_defaulted,
        known.is_closed
    from known
    left join haircuts
        on lower(known.collateral_kind) = haircuts.collateral_kind
)

select * from final
