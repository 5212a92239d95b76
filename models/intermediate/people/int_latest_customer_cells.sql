with

cells as (
    select * from {{ ref("int_customer_cells") }}
),

final as (
    select
        cells.customer_id,
        {{ select_columns(customer_columns(), "cells") }},
        cells.known_at,
        cells.has_known_past
    from cells
    where cells.is_latest
)

select * from final
