with

rates as (
    select * from {{ ref("currency_rates") }}
),

final as (
    select
        currency,
        valid_from_date,
        coalesce(
            lead(valid_from_date) over (partition by currency order by valid_from_date), cast('9999-12-31' as date)
        ) as valid_to_date,
        rate_to_reporting_currency as rate
    from rates
)

select * from final
