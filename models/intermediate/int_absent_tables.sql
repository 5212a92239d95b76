with

contract_columns as (
    select * from {{ ref("base_contract_columns") }}
),

/* Nobody misses verdicts on duplicates that nobody gave: no score is worth less without them. */
final as (
    select source_name || '.' || table_name as table_name
    from contract_columns
    where table_name <> 'identity_links'
    group by
        source_name,
        table_name
    having max(case when is_delivered then 1 else 0 end) = 0
)

select * from final
