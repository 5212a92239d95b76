with

rejected as (
    select * from {{ ref("int_rejected_rows") }}
),

final as (
    select
        source_name,
        table_name,
        row_key,
        column_name,
        reason,
        delivery as file_name,
        count(*) as row_count
    from rejected
    group by
        source_name,
        table_name,
        row_key,
        column_name,
        reason,
        delivery
)

select * from final
