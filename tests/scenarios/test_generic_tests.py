"""The generic data tests give back the rows that are at fault, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.dbt import Dbt

# One row a kind of fault, named in `a`, and rows that are right.
FOUND = """
    {% set keyed %}(
        select * from (values
            ('right', 'x', 0.5), ('right', 'y', 1.0), ('no value', 'x', null),
            ('repeated', 'x', 0.5), ('repeated', 'x', 0.6), ('null', null, 0.5),
            ('below', 'x', -0.1), ('above', 'x', 1.1)
        ) as keyed (a, b, share)
    ){% endset %}
    {% set children %}(
        select * from (values ('right', 'x'), (null, null), ('orphan', 'x'), ('half', null))
            as children (a, b)
    ){% endset %}
    {% set parents %}(select * from (values ('right', 'x')) as parents (c, d)){% endset %}
    {% set here %}(
        select * from (values ('right'), ('twice'), ('twice'), ('here')) as here (a)
    ){% endset %}
    {% set there %}(
        select * from (values ('right'), ('twice'), ('there')) as there (a)
    ){% endset %}
    {% set bounds = [{"columns": "share", "minimum": 0, "maximum": 1}] %}
    {% set found = {
        "unique_key": test_unique_key(keyed, "a, b", bounds=bounds),
        "unique_key, null allowed": test_unique_key(keyed, "a, b", may_be_null="b"),
        "matches_parent": test_matches_parent(children, "a, b", parents, "c, d"),
        "rows_equal": test_rows_equal(here, there, "a"),
    } %}
    {% for test, rows in found.items() %}
    select '{{ test }}' as test, a from ({{ rows }}) as found
    union all
    {% endfor %}
    select 'one_row' as test, cast(row_count as varchar) as a
    from ({{ test_one_row(here) }}) as found
"""


def test_every_generic_test_finds_the_rows_at_fault(sample_copy: Path, dbt: Dbt) -> None:
    found: dict[str, list[str]] = {}
    for row in dbt.show(FOUND, sample_copy):
        found.setdefault(row["test"], []).append(row["a"])
    assert {test: sorted(rows) for test, rows in found.items()} == {
        "unique_key": ["above", "below", "null", "repeated"],
        "unique_key, null allowed": ["repeated"],
        "matches_parent": ["half", "orphan"],
        "rows_equal": ["here", "there", "twice"],
        "one_row": ["4"],
    }
