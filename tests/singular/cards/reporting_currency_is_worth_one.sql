/*
    A row is a rate of the reporting currency that is not 1, or the reporting currency without a rate. Write
    rates into the currency that the var reporting_currency names.
*/
with

rates as (
    select * from {{ ref("currency_rates") }}
    where currency = '{{ var("reporting_currency") }}'
)

select
    currency,
    valid_from_date,
    rate_to_reporting_currency
from rates
where rate_to_reporting_currency <> 1
union all
select
    '{{ var("reporting_currency") }}' as currency,
    null as valid_from_date,
    null as rate_to_reporting_currency
where not exists (select 1 from rates)
