/*
    A row is a currency whose first rate begins after 1990-01-01, the first day that the contract accepts: older
    amounts would be dropped when they are converted. Let its oldest rate begin on that day.
*/
select
    currency,
    min(valid_from_date) as first_rate_date
from {{ ref("currency_rates") }}
group by currency
having min(valid_from_date) > date '1990-01-01'
