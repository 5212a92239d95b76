with

persons as (
    select * from {{ ref("int_persons") }}
),

final as (
    select
        customer_id,
        as_of_date
    from persons
    where not has_profiling_objection and not is_deleted
)

select * from final
