"""Data tests that look at a thirteenth of a big warehouse, another one on each date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.dbt import Dbt

# In how many parts each row is, by how it is parted; and how many parts hold a row at all.
COUNTED = """
    {% for column, relation, parts_of in [
        ("customer_id", "int_spine", "int_spine"),
        ("order_date", "int_person_order_days", "int_spine"),
        ("customer_id", "score_offer_sums", "score_offer_sums"),
    ] %}
        {% set parts, portable = [], [] %}
        {% for part in range(part_count()) %}
            {% do parts.append("case when " ~ in_part(column, part) ~ " then 1 else 0 end") %}
            {% do portable.append(
                "case when " ~ default__text_in_part(column, part) ~ " then 1 else 0 end"
            ) %}
        {% endfor %}
    select
        '{{ relation }}' as relation,
        min({{ parts | join(" + ") }}) as fewest,
        max({{ parts | join(" + ") }}) as most,
        {% for part in parts %}
        max({{ part }}){{ " + " if not loop.last }}
        {% endfor %} as parts_with_rows,
        min({{ portable | join(" + ") }}) = 1 and max({{ portable | join(" + ") }}) = 1
            as is_parted_elsewhere,
        {{ in_part_of_the_day(column, parts_of) }} as is_looked_at
    from {{ ref(relation) }}
    group by {{ in_part_of_the_day(column, parts_of) }}
    {{ "union all" if not loop.last }}
    {% endfor %}
"""


def test_a_small_warehouse_is_looked_at_whole_and_thirteen_days_see_all_of_a_big_one(
    sample_copy: Path, dbt: Dbt
) -> None:
    def looked_at(rows_tested_whole: int) -> list[dict[str, Any]]:
        return dbt.show(COUNTED, sample_copy, variables={"rows_tested_whole": rows_tested_whole})

    whole = looked_at(20000)
    assert [row["is_looked_at"] for row in whole] == [True, True, True]
    assert {(row["fewest"], row["most"], row["parts_with_rows"]) for row in whole} == {(1, 1, 13)}
    assert all(row["is_parted_elsewhere"] for row in whole)
    parted = {row["relation"]: row for row in looked_at(0) if row["is_looked_at"]}
    assert {name: row["parts_with_rows"] for name, row in parted.items()} == {
        "int_spine": 1,
        "int_person_order_days": 1,
        "score_offer_sums": 1,
    }
    # Between the number of people and that of pairs of a person and an offer.
    assert [row["relation"] for row in looked_at(1000) if not row["is_looked_at"]] == [
        "score_offer_sums"
    ]


# How many orders are looked at, by what the run judged anew.
JUDGED_ANEW = """
    {% set part, orders = in_part_of_the_day("order_id"), ref("stg_sales__orders") %}
    {% set changes = {
        "one of another part": "(select min(order_id) as order_id from " ~ orders
            ~ " where order_id is not null and not " ~ part ~ ")",
        "none": "(select order_id from " ~ orders ~ " where false)",
    } %}
    {% for judged, keys in changes.items() %}
    select
        '{{ judged }}' as judged,
        count(distinct order_id) as orders,
        count(distinct case when {{ part }} then order_id end) as of_the_part,
        count(distinct case
            when {{ in_part_of_the_day_or_changed("order_id", keys) }} then order_id
        end) as looked_at
    from {{ orders }}
    {{ "union all" if not loop.last }}
    {% endfor %}
"""


def test_what_a_run_judged_anew_is_looked_at_and_all_where_it_judged_nothing(
    sample_copy: Path, dbt: Dbt
) -> None:
    rows = dbt.show(JUDGED_ANEW, sample_copy, variables={"rows_tested_whole": 0})
    found = {row["judged"]: row for row in rows}
    one, none = found["one of another part"], found["none"]
    assert 0 < one["of_the_part"] < one["orders"] / 2
    assert one["looked_at"] == one["of_the_part"] + 1
    assert none["looked_at"] == none["orders"]
