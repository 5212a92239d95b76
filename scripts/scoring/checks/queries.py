"""The queries that the checks read the warehouse with: only the columns that are judged."""

# One row per table of the contract: its rows by outcome.
ACCOUNTING = """
select
    source_name, table_name, is_delivered, landed_row_count, accepted_row_count,
    anonymous_row_count, rejected_row_count, exact_duplicate_row_count, superseded_row_count,
    cast(latest_event_date as date) as latest_event_date
from monitoring.mon_raw_accounting
order by source_name, table_name
"""

# One row per table with refused rows: five of them, of its most frequent reasons first.
REJECTED_EXAMPLES = """
with counted as (
    select *, count(*) over (partition by source_name, table_name, reason) as reason_row_count
    from marts.rejected_rows
),
placed as (
    select *, row_number() over (
        partition by source_name, table_name order by reason_row_count desc, reason, row_key
    ) as place
    from counted
)
select
    source_name || '.' || table_name as table_name,
    string_agg(
        row_key || ' (' || coalesce(column_name || ': ', '') || reason || ')', ', ' order by place
    ) as examples
from placed
where place <= 5
group by 1
order by 1
"""

# One row per person and e-mail address that was accepted by the contract.
EMAILS = """
select customer_id, email
from staging.base_crm__customers
where customer_id is not null and _reason is null
group by customer_id, email
order by customer_id, email
"""

# One row per person, date and score, with the score that its raw value should give.
CUSTOMER_SCORES = """
select
    scores.customer_id,
    cast(scores.as_of_date as varchar) as as_of_date,
    scores.score_name,
    cast(scores.score as double) as score,
    cast(
        case
            when scores.score is null and scores.null_reason is not null then null
            when scores.score_raw < 0 then 0
            when scores.score_raw > 10 then 10
            else scores.score_raw
        end as double
    ) as clamped_score,
    people.customer_id is not null as is_scored_customer
from marts.customer_scores as scores
left join (select distinct customer_id, as_of_date from marts.scored_customers) as people
    on scores.customer_id = people.customer_id and scores.as_of_date = people.as_of_date
order by 1, 2, 3
"""

# One row per person who has, or should have, a segment.
SEGMENTS = """
select
    coalesce(people.customer_id, segments.customer_id) as customer_id,
    coalesce(segments.row_count, 0) as segment_row_count,
    people.customer_id is not null as is_scored_customer
from (
    select distinct customer_id, segment_code from marts.scored_customers
) as people
full join (
    select customer_id, count(*) as row_count
    from marts.customer_segments
    group by customer_id
) as segments
    on people.customer_id = segments.customer_id
where people.segment_code is not null or segments.customer_id is not null
order by 1
"""

# One row per table: rejected rows as accounted and as listed.
REJECTED_ROWS = """
select
    coalesce(accounting.table_name, listed.table_name) as "table",
    coalesce(accounting.row_count, 0) as accounted_row_count,
    coalesce(listed.row_count, 0) as listed_row_count
from (
    select source_name || '.' || table_name as table_name, rejected_row_count as row_count
    from monitoring.mon_raw_accounting
) as accounting
full join (
    select source_name || '.' || table_name as table_name, sum(row_count) as row_count
    from marts.rejected_rows
    group by 1
) as listed
    on accounting.table_name = listed.table_name
order by 1
"""

# One row per column that readers of the published copy see.
PUBLISHED_COLUMNS = """
select table_schema || '.' || table_name as "table", lower(column_name) as column_name
from information_schema.columns
where table_schema in ('marts', 'monitoring')
order by 1, ordinal_position
"""
