with

spine as (
    select * from {{ ref("int_spine") }}
),

availability as (
    select * from {{ ref("int_availability") }}
),

invoices as (
    select * from {{ ref("int_person_invoices") }}
),

loans as (
    select * from {{ ref("int_person_loans") }}
),

invoiced as (
    select
        customer_id,
        as_of_date,
        {{ sum_within("1", 364) }} as invoice_count_364d,
        {{ sum_within("1", 364, "late_days > 0") }} as late_invoice_count_364d,
        {{ sum_within("late_days", 364) }} as late_days_364d,
        {{ sum_within("delay_days", 364) }} as delay_days_364d,
        {{ as_amount("sum(case when is_overdue then amount else 0 end)") }} as overdue_amount
    from invoices
    group by
        customer_id,
        as_of_date
),

lent as (
    select
        customer_id,
        as_of_date,
        sum(case when not is_closed then 1 else 0 end) as open_loan_count,
        {{ as_amount("sum(case when not is_closed then amount else 0 end)") }} as open_loan_amount,
        {{ as_amount("sum(case when not is_closed then coalesce(collateral_value, 0) else 0 end)") }}
            as collateral_amount,
        {{ as_amount("sum(case when not is_closed then outstanding_amount else 0 end)") }} as exposure_amount,
        {{ as_amount("sum(case when not is_closed then sure_collateral_amount else 0 end)") }}
            as sure_collateral_amount,
        sum(case when has_defaulted then 1 else 0 end) as loan_default_count
    from loans
    group by
        customer_id,
        as_of_date
),

final as (
    select
        spine.customer_id,
        spine.as_of_date,
        cast({{ where_available("has_invoices", "invoiced.invoice_count_364d") }} as bigint) as invoice_count_364d,
        cast({{ where_available("has_invoices", "invoiced.late_invoice_count_364d") }} as bigint)
            as late_invoice_count_364d,
        {{ quantise("1.0 * invoiced.late_days_364d / nullif(invoiced.invoice_count_364d, 0)") }} as mean_late_days_364d,
        case
            when invoiced.invoice_count_364d > 0
                then {{ quantise(shrunk_mean(
                    "invoiced.delay_days_364d", "invoiced.invoice_count_364d", "payment_delay_days"
                )) }}
        end as payment_delay_days_364d,
        {{ as_amount(where_available("has_invoices", "invoiced.overdue_amount")) }} as overdue_amount,
        cast({{ where_available("has_loans", "lent.open_loan_count") }} as bigint) as open_loan_count,
        {{ as_amount(where_available("has_loans", "lent.open_loan_amount")) }} as open_loan_amount,
        {{ quantise(as_double("lent.collateral_amount") ~ " / nullif(lent.open_loan_amount, 0)") }} as collateral_cover,
        {{ as_amount(where_available("has_loans", "lent.exposure_amount")) }} as exposure_amount,
        {{ as_amount(where_available("has_loans", "lent.sure_collateral_amount")) }} as sure_collateral_amount,
        case
            when lent.exposure_amount > 0
                then least({{ quantise(
                    as_double("lent.exposure_amount") ~ " / greatest(lent.sure_collateral_amount, 0.01)"
                ) }}, 99)
        end as loan_to_value,
        cast({{ where_available("has_loans", "lent.loan_default_count") }} as bigint) as loan_default_count
    from spine
    cross join availability
    left join invoiced
        on spine.customer_id = invoiced.customer_id
        and spine.as_of_date = invoiced.as_of_date
    left join lent
        on spine.customer_id = lent.customer_id
        and spine.as_of_date = lent.as_of_date
)

select * from final
