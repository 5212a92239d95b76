with

invoices as (
    select * from {{ ref("stg_finance__invoices") }}
    where row_status = 'accepted'
),

spine as (
    select * from {{ ref("int_source_spine") }}
),

rates as (
    select * from {{ ref("int_currency_rates") }}
),

known as (
    select
        spine.customer_id,
        spine.as_of_date,
        invoices.invoice_id,
        invoices.issued_date,
        invoices.due_date,
        case when invoices.paid_date < spine.as_of_date then invoices.paid_date end as known_paid_date,
        {{ converted("invoices.amount") }} as amount
    from invoices
    inner join spine
        on invoices.customer_id = spine.source_customer_id
    inner join rates
        on invoices.currency = rates.currency
        and invoices.issued_date >= rates.valid_from_date
        and invoices.issued_date < rates.valid_to_date
    where invoices.issued_date < spine.as_of_date
),

final as (
    select
        *,
        {{ days_between("issued_date", "as_of_date") }} as age_days,
        {{ days_between("due_date", "coalesce(known_paid_date, as_of_date - 1)") }} as delay_days,
        greatest({{ days_between("due_date", "coalesce(known_paid_date, as_of_date - 1)") }}, 0) as late_days,
        known_paid_date is null and due_date < as_of_date as is_overdue
    from known
)

select * from final
