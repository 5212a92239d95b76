with

runs as (
    select * from {{ ref("int_run") }}
),

final as (
    select
        as_of_date,
        true as is_run_date
    from runs
    {% for date in var("training_dates") %}
    union
    select
        cast('{{ date }}' as date) as as_of_date,
        cast('{{ date }}' as date) = (select runs.as_of_date from runs) as is_run_date
    {% endfor %}
)

select * from final
