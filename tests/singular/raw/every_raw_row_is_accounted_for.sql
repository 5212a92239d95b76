/*
    A row is a raw table of which rows were lost or counted twice between landing and judgement, or whose
    rejected rows are not all in rejected_rows and rejected_row_contents. A join in the staging model of that
    table is the likely cause.
*/
with

accounting as (
    select * from {{ ref("mon_raw_accounting") }}
),

rejected as (
    select
        source_name,
        table_name,
        sum(row_count) as row_count
    from {{ ref("rejected_rows") }}
    group by
        source_name,
        table_name
),

contents as (
    select
        source_name,
        table_name,
        sum(row_count) as row_count
    from {{ ref("rejected_row_contents") }}
    group by
        source_name,
        table_name
)

select
    accounting.*,
    rejected.row_count as rejected_rows_count,
    contents.row_count as rejected_row_contents_count
from accounting
left join rejected
    on accounting.source_name = rejected.source_name
    and accounting.table_name = rejected.table_name
left join contents
    on accounting.source_name = contents.source_name
    and accounting.table_name = contents.table_name
where
    accounting.landed_row_count <> accounting.accepted_row_count + accounting.anonymous_row_count
    + accounting.rejected_row_count + accounting.exact_duplicate_row_count + accounting.superseded_row_count
    or accounting.rejected_row_count <> coalesce(rejected.row_count, 0)
    or accounting.rejected_row_count <> coalesce(contents.row_count, 0)
