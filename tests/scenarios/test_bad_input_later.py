"""What was refused is looked at again on every run: later deliveries and rates let it in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.scenarios.conftest import Warehouse

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.dbt import Dbt
    from tests.support.once import Once

JUDGED = ("+mon_raw_accounting", "+int_order_days", "+int_product_days")
AFTER_THE_RATES = (
    "base_changed_orders",
    "stg_sales__orders",
    "stg_sales__order_lines",
    "int_order_day_versions",
    "int_order_days",
    "int_product_days",
)

ORDERS = """order_id,customer_id,ordered_at,amount,currency
early,c1,2025-06-01,10,USD
in_pesos,c1,2025-06-01,500,MXN
revised,c1,2025-06-05,40,USD
ragged,c1,2025-06-03
"""
LINES = """order_id,line_number,product_id,net_amount
early,1,p1,10
late,1,p2,20
in_pesos,1,p3,500
"""
LATE = "order_id,customer_id,ordered_at,amount,currency\nlate,c1,2025-06-01,20,USD\n"

QUERIES = {
    "orders": "select order_id, row_status, row_reason from staging.stg_sales__orders order by all",
    "lines": """
        select order_id, row_status, row_reason
        from staging.stg_sales__order_lines order by all
    """,
    "order_days": """
        select cast(event_date as varchar), currency, order_count, cast(amount as integer)
        from intermediate.int_order_days order by all
    """,
    "product_days": """
        select product_id, cast(net_amount as integer)
        from intermediate.int_product_days order by all
    """,
}


@pytest.fixture(scope="module")
def steps(once: Once, dbt: Dbt) -> dict[str, dict[str, Any]]:
    """What the warehouse held after each step, by the name of the step."""

    def make(folder: Path) -> None:
        raw, sales = folder / "raw", folder / "raw" / "sales"
        (sales / "orders").mkdir(parents=True)
        (sales / "orders" / "1.csv").write_text(ORDERS, encoding="utf-8")
        (sales / "order_lines.csv").write_text(LINES, encoding="utf-8")
        warehouse = Warehouse(folder)
        held = {}

        def note(step: str) -> None:
            held[step] = {name: warehouse.rows(query) for name, query in QUERIES.items()}

        dbt.build(raw, folder, select=JUDGED)
        note("first")
        (sales / "orders" / "2.csv").write_text(LATE, encoding="utf-8")
        corrected = ORDERS.replace("2025-06-03", "2025-06-03,30,USD")
        corrected = corrected.replace("2025-06-05,40", "2025-06-05,45")
        (sales / "orders" / "1.csv").write_text(corrected, encoding="utf-8")
        dbt.build(raw, folder, select=JUDGED)
        note("later delivery")
        # As a row of the seed would; the seeds themselves are not loaded in this step.
        warehouse.change("insert into reference.currency_rates values ('MXN', '1990-01-01', 0.05)")
        dbt.build(raw, folder, select=AFTER_THE_RATES)
        note("new rate")
        (folder / "steps.json").write_text(json.dumps(held), encoding="utf-8")

    made = once.made("later", make)
    held: dict[str, dict[str, Any]] = json.loads((made / "steps.json").read_text(encoding="utf-8"))
    return held


def test_a_line_whose_order_never_came_is_rejected(steps: dict[str, dict[str, Any]]) -> None:
    assert ["late", "rejected", "line_without_order"] in steps["first"]["lines"]
    assert steps["first"]["product_days"] == [["p1", 10]]


def test_a_line_whose_order_comes_later_is_accepted_then(steps: dict[str, dict[str, Any]]) -> None:
    assert ["late", "accepted", None] in steps["later delivery"]["lines"]
    assert steps["later delivery"]["product_days"] == [["p1", 10], ["p2", 20]]
    assert ["2025-06-01", "USD", 2, 30] in steps["later delivery"]["order_days"]


def test_a_corrected_file_takes_back_its_unreadable_line(steps: dict[str, dict[str, Any]]) -> None:
    assert [None, "rejected", "not_a_row"] in steps["first"]["orders"]
    assert ["ragged", "accepted", None] in steps["later delivery"]["orders"]
    assert [row for row in steps["later delivery"]["orders"] if row[2] == "not_a_row"] == []


def test_a_corrected_amount_is_rolled_up_anew(steps: dict[str, dict[str, Any]]) -> None:
    assert ["2025-06-05", "USD", 1, 40] in steps["first"]["order_days"]
    assert ["2025-06-05", "USD", 1, 45] in steps["later delivery"]["order_days"]


def test_an_order_without_a_rate_and_its_line_are_rejected(
    steps: dict[str, dict[str, Any]],
) -> None:
    assert ["in_pesos", "rejected", "currency_without_rate"] in steps["later delivery"]["orders"]
    assert ["in_pesos", "rejected", "line_without_order"] in steps["later delivery"]["lines"]
    assert "MXN" not in {row[1] for row in steps["later delivery"]["order_days"]}


def test_a_rate_added_later_lets_the_order_into_the_roll_ups(
    steps: dict[str, dict[str, Any]],
) -> None:
    assert ["in_pesos", "accepted", None] in steps["new rate"]["orders"]
    assert ["in_pesos", "accepted", None] in steps["new rate"]["lines"]
    assert ["2025-06-01", "MXN", 1, 500] in steps["new rate"]["order_days"]
    assert ["p3", 500] in steps["new rate"]["product_days"]


def test_a_rate_added_later_changes_no_other_currency(steps: dict[str, dict[str, Any]]) -> None:
    others = [row for row in steps["new rate"]["order_days"] if row[1] != "MXN"]
    assert others == steps["later delivery"]["order_days"]
