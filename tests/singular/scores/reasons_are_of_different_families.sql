/*
    A row is a person who is told two reasons of one family in one direction: three windows of one habit.
    score_sums groups by family; look for a feature that stands under two families. In a big warehouse a
    thirteenth of the people is looked at each day.
*/
with

card_rows as (
    select * from {{ ref("score_card_rows") }}
    where grain = 'person'
),

strongest as (
    {% for side, place in [("up", 1), ("up", 2), ("up", 3), ("down", 1), ("down", 2), ("down", 3)] -%}
    select
        customer_id,
        as_of_date,
        score_name,
        '{{ side }}' as direction,
        {{ side }}_{{ place }} as place
    from {{ ref("score_results") }}
    where null_reason is null and {{ in_part_of_the_day("customer_id") }}
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select
    strongest.customer_id,
    strongest.as_of_date,
    strongest.score_name,
    strongest.direction,
    card_rows.reason_family
from strongest
inner join card_rows
    on strongest.score_name = card_rows.score_name
    and strongest.place = card_rows.place
group by
    strongest.customer_id,
    strongest.as_of_date,
    strongest.score_name,
    strongest.direction,
    card_rows.reason_family
having count(*) > 1
