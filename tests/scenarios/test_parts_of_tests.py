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
        {% set parts = [] %}
        {% for part in range(part_count()) %}
            {% do parts.append("case when " ~ in_part(column, part) ~ " then 1 else 0 end") %}
        {% endfor %}
    select
        '{{ relation }}' as relation,
        min({{ parts | join(" + ") }}) as fewest,
        max({{ parts | join(" + ") }}) as most,
        {% for part in parts %}
        max({{ part }}){{ " + " if not loop.last }}
        {% endfor %} as parts_with_rows,
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
