"""Every raw row of the sample is accounted for, and who may see a rejected row's content."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from scoring.contract import Contract, read_contract
from scoring.raw_counts import OUTCOMES, compare, count_raw
from tests.conftest import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.scenarios.conftest import Warehouse

# Verdicts on duplicates are what a person adds: the sample, which nobody judged, has none.
NOT_IN_THE_SAMPLE = "crm.identity_links"
TABLES = [
    table.full_name
    for table in read_contract(PROJECT).tables
    if table.full_name != NOT_IN_THE_SAMPLE
]


@pytest.fixture(scope="module")
def planted(sample_raw: Path) -> dict[str, dict[str, Any]]:
    plan: dict[str, Any] = json.loads((sample_raw / "planted.json").read_text(encoding="utf-8"))
    tables: dict[str, dict[str, Any]] = plan["tables"]
    return tables


def _accounting(warehouse: Warehouse) -> list[dict[str, Any]]:
    return warehouse.dicts("select * from monitoring.mon_raw_accounting")


def test_the_sample_has_every_table_that_scores_are_made_of(
    planted: dict[str, dict[str, Any]],
) -> None:
    assert sorted(planted) == sorted(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_each_table_has_the_planted_rows_of_each_outcome(
    built_sample: Warehouse, planted: dict[str, dict[str, Any]], table: str
) -> None:
    source, name = table.split(".")
    rows = [
        r
        for r in _accounting(built_sample)
        if (r["source_name"], r["table_name"]) == (source, name)
    ]
    expected = {**planted[table], "rejected": sum(planted[table]["rejected"].values())}
    assert [{outcome: row[f"{outcome}_row_count"] for outcome in OUTCOMES} for row in rows] == [
        {outcome: expected[outcome] for outcome in OUTCOMES}
    ]
    assert rows[0]["landed_row_count"] == expected["row_count"]
    assert rows[0]["is_delivered"]


@pytest.mark.parametrize("table", TABLES)
def test_each_table_has_the_planted_reasons(
    built_sample: Warehouse, planted: dict[str, dict[str, Any]], table: str
) -> None:
    reasons = built_sample.rows(
        "select reason, cast(sum(row_count) as integer) from marts.rejected_rows "
        f"where source_name || '.' || table_name = '{table}' group by reason"
    )
    assert dict(reasons) == planted[table]["rejected"]


def test_the_warehouse_accounts_for_what_python_counts(
    built_sample: Warehouse, sample_raw: Path, contract: Contract
) -> None:
    assert compare(count_raw(sample_raw, contract), _accounting(built_sample)) == []


def test_a_rejected_row_is_published_without_identifiers(
    built_sample: Warehouse, contract: Contract
) -> None:
    published = built_sample.dicts("select * from marts.rejected_rows")
    assert published
    assert not set(published[0]) & set(contract.pii_columns)
    shown = "\n".join(str(value) for row in published for value in row.values())
    hidden = {
        str(value)
        for (row_json,) in built_sample.rows(
            "select row_json from restricted.rejected_row_contents"
        )
        for column, value in json.loads(row_json).items()
        if column in contract.pii_columns and value
    }
    assert hidden, "no rejected row of the sample names a person"
    assert [value for value in sorted(hidden) if value in shown] == []


def test_a_rejected_row_is_kept_as_it_came_for_those_who_may_see_it(
    built_sample: Warehouse, contract: Contract
) -> None:
    kept = built_sample.dicts("select * from restricted.rejected_row_contents")
    assert (
        sum(row["row_count"] for row in kept)
        == built_sample.rows("select sum(row_count) from marts.rejected_rows")[0][0]
    )
    tables = {table.full_name: table for table in contract.tables}
    for row in kept:
        cells = json.loads(row["row_json"])
        table = tables[f"{row['source_name']}.{row['table_name']}"]
        assert {column.name for column in table.columns if column.required} <= set(cells)
    texts = {str(json.loads(row["row_json"]).get(row["column_name"])) for row in kept}
    assert {"2026-02-30", "NaN"} <= texts
