/*
    A row is a person who objects to profiling, or is deleted, and stands in a table of features or scores of
    the same date. They must leave at the spine: find the model that does not start from it.
*/
with

refused as (
    select
        customer_id,
        as_of_date
    from {{ ref("int_persons") }}
    where has_profiling_objection or is_deleted
),

named as (
    {% for table in [
        "customer_scores", "customer_features", "customer_campaign_features", "customer_segments", "credit_risks", "score_contributions",
        "score_history", "customer_offer_features", "scored_offers", "campaign_targets",
    ] -%}
    select distinct
        '{{ table }}' as table_name,
        rows_of_people.customer_id,
        rows_of_people.as_of_date
    from {{ ref(table) }} as rows_of_people
    inner join refused
        on rows_of_people.customer_id = refused.customer_id
        and rows_of_people.as_of_date = refused.as_of_date
    {{ "union all" if not loop.last }}
    {% endfor -%}
)

select * from named
