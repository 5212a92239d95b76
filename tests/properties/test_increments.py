"""What is built in increments equals what is built at once, and nothing is built without need."""

from __future__ import annotations

import csv
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.support.dbt import FEATURES, WAREHOUSE_NAME, Dbt
from tests.support.once import SAMPLE_AS_OF_DATE
from tests.support.tables import (
    DELIVERY_COLUMNS,
    RUN_COLUMNS,
    SCORED_SCHEMAS,
    opened,
    table_names,
    warehouse_differences,
)

# Roll-ups and a measure of each.
MEASURES = {
    "int_order_days": "line_count",
    "int_product_days": "line_count",
    "int_interaction_days": "interaction_count",
}
# Staging of which only the orders that changed are judged anew.
JUDGED_BY_KEY = ("stg_sales__orders", "stg_sales__order_lines")
MARK = 1_000_000
MARKED_AT = "2001-01-01 00:00:00"
SEEDS = (2025,)
STEPS = 3
# Delivered early, taken back before the end: it must leave no trace.
WITHDRAWN_FILES = {
    "sales/orders/2024-05b.csv": """order_id,customer_id,ordered_at,amount,currency
taken-back-1,C0001,2024-05-05 10:00:00,1000.00,USD
taken-back-2,only-there,2024-05-06 10:00:00,2000.00,EUR
O00200,C0003,2024-05-07 10:00:00,3000.00,USD
""",
    "sales/order_lines/2024-05b.csv": """order_id,line_number,product_id,quantity,net_amount
taken-back-1,1,P001,1,1000.00
O00201,1,P001,1,4000.00
""",
    "marketing/touches/taken-back.csv": """touch_id,customer_id,campaign_id,touched_at
taken-back-1,C0001,CMP11,2025-06-20 10:00:00
""",
    "crm/interactions/2024b.csv": """interaction_id,customer_id,occurred_at,interaction_type
taken-back-1,C0001,2024-05-05 10:00:00,web_visit
I00001,C0001,2024-05-05 10:00:00,call
""",
}
# An order, a line of another order, and a visit, all of days long past.
LATE_ORDER_DATE = "2024-05-07"
LATE_FILES = {
    "sales/orders/2025-06b.csv": f"""order_id,customer_id,ordered_at,amount,currency
late-1,C0001,{LATE_ORDER_DATE} 10:00:00,10.00,USD
""",
    "sales/order_lines/2025-06b.csv": """order_id,line_number,product_id,quantity,net_amount
O00200,77,P001,1,1.00
""",
    "crm/interactions/2025b.csv": """interaction_id,customer_id,occurred_at,interaction_type
late-1,C0001,2024-05-05 10:00:00,web_visit
""",
}


@dataclass
class Deliveries:
    """A raw location that fills step by step."""

    sample: Path
    raw: Path

    def names(self) -> list[str]:
        files = (path for path in self.sample.rglob("*") if path.is_file())
        return sorted(str(path.relative_to(self.sample)) for path in files)

    def deliver(self, name: str) -> None:
        """The file as it is in the end, with the time at which it was first written."""
        (self.raw / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(self.sample / name, self.raw / name)

    def deliver_older(self, name: str) -> None:
        """An older version: the first half of the rows, in another order."""
        with (self.sample / name).open(encoding="utf-8-sig", newline="") as stream:
            header, *rows = csv.reader(stream)
        path = self.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *reversed(rows[: len(rows) // 2])])

    def deliver_withdrawn(self) -> None:
        for name, rows in WITHDRAWN_FILES.items():
            (self.raw / name).parent.mkdir(parents=True, exist_ok=True)
            (self.raw / name).write_text(rows, encoding="utf-8")

    def withdraw(self) -> None:
        for name in WITHDRAWN_FILES:
            (self.raw / name).unlink()


def _build(dbt: Dbt, raw: Path, folder: Path) -> Path:
    return dbt.build(raw, folder, as_of_date=SAMPLE_AS_OF_DATE)


def _grow(dbt: Dbt, raw: Path, folder: Path, *, is_last: bool) -> Path:
    """Build what has come; what keeps something from build to build lies before the scores."""
    select = () if is_last else FEATURES
    return dbt.build(raw, folder, as_of_date=SAMPLE_AS_OF_DATE, select=select)


def _assert_as_at_once(grown: Path, deliveries: Deliveries, built_sample: Path) -> None:
    """The same files at another place: what names a place in a version differs, nothing else."""
    assert _contents(deliveries.raw) == _contents(deliveries.sample)
    without = RUN_COLUMNS | DELIVERY_COLUMNS | {"row_json"}
    assert warehouse_differences(grown, built_sample, without=without) == {}


def _contents(raw: Path) -> dict[Path, bytes]:
    files = (path for path in raw.rglob("*") if path.is_file())
    return {path.relative_to(raw): path.read_bytes() for path in files}


def test_years_in_order_give_what_one_build_gives(
    dbt: Dbt, sample_raw: Path, built_sample: Path, tmp_path: Path
) -> None:
    deliveries = Deliveries(sample_raw, tmp_path / "raw")
    for is_late in (False, True):
        for name in deliveries.names():
            if ("2025" in name) == is_late:
                deliveries.deliver(name)
        grown = _grow(dbt, deliveries.raw, tmp_path / "grown", is_last=is_late)
    _assert_as_at_once(grown, deliveries, built_sample)


@pytest.mark.parametrize("seed", SEEDS)
def test_files_in_any_order_replaced_and_withdrawn_give_what_one_build_gives(
    seed: int, dbt: Dbt, sample_raw: Path, built_sample: Path, tmp_path: Path
) -> None:
    deliveries = Deliveries(sample_raw, tmp_path / "raw")
    chance = random.Random(seed)
    steps = {name: chance.randrange(STEPS) for name in deliveries.names()}
    late_texts = [name for name, step in steps.items() if step and name.endswith(".csv")]
    replaced = set(chance.sample(late_texts, 6))
    for step in range(STEPS):
        if step == 0:
            deliveries.deliver_withdrawn()
        if step == STEPS - 1:
            deliveries.withdraw()
        for name, its_step in steps.items():
            if its_step == step:
                deliveries.deliver(name)
            elif name in replaced and its_step == step + 1:
                deliveries.deliver_older(name)
        grown = _grow(dbt, deliveries.raw, tmp_path / "grown", is_last=step == STEPS - 1)
    _assert_as_at_once(grown, deliveries, built_sample)


def test_running_a_date_again_changes_nothing(
    dbt: Dbt, sample_raw: Path, built_sample: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    again.mkdir()
    shutil.copy2(built_sample, again / WAREHOUSE_NAME)
    _build(dbt, sample_raw, again)
    schemas = ("staging", *SCORED_SCHEMAS, "snapshots")
    assert warehouse_differences(built_sample, again / WAREHOUSE_NAME, schemas) == {}


def test_only_what_arrived_is_landed_and_only_its_days_are_rolled_up(
    dbt: Dbt, sample_raw: Path, tmp_path: Path
) -> None:
    raw, folder = tmp_path / "raw", tmp_path / "built"
    shutil.copytree(sample_raw, raw)
    select = [f"+{rollup}" for rollup in MEASURES]
    warehouse = dbt.build(raw, folder, select=select)
    _mark(warehouse)

    dbt.build(raw, folder, select=select)
    assert _landed_anew(warehouse) == {}
    assert _days_rolled_up_anew(warehouse) == {}
    assert _orders_judged_anew(warehouse) == set()

    for name, rows in LATE_FILES.items():
        (raw / name).write_text(rows, encoding="utf-8")
    dbt.build(raw, folder, select=select)
    assert _landed_anew(warehouse) == {
        "base_crm__interactions": 1,
        "base_sales__order_lines": 1,
        "base_sales__orders": 1,
    }
    assert _orders_judged_anew(warehouse) == {"late-1", "O00200"}
    order_days = [LATE_ORDER_DATE, _date_of_order(warehouse, "O00200")]
    assert _days_rolled_up_anew(warehouse) == {
        "int_interaction_days": ["2024-05-05"],
        "int_order_days": sorted(order_days),
        "int_product_days": sorted(order_days),
    }


def _mark(warehouse: Path) -> None:
    """Mark all that is landed and rolled up, so that what is made anew shows."""
    with duckdb.connect(str(warehouse)) as connection:
        database = warehouse.stem
        for name in _landing_tables(connection, database):
            connection.execute(f"update staging.{name} set _delivered_at = timestamp '{MARKED_AT}'")
        for name in JUDGED_BY_KEY:
            connection.execute(f"update staging.{name} set _delivery = '{MARK}'")
        for rollup, measure in MEASURES.items():
            connection.execute(f"update intermediate.{rollup} set {measure} = {MARK}")


def _landing_tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    names = table_names(connection, database, "staging")
    return [name for name in names if name.startswith("base_") and "__" in name]


def _landed_anew(warehouse: Path) -> dict[str, int]:
    with opened(built=warehouse) as connection:
        counts = {
            name: connection.execute(
                f"select count(*) from built.staging.{name} "
                f"where _delivered_at <> timestamp '{MARKED_AT}'"
            ).fetchall()[0][0]
            for name in _landing_tables(connection, "built")
        }
    return {name: count for name, count in counts.items() if count}


def _days_rolled_up_anew(warehouse: Path) -> dict[str, list[str]]:
    with opened(built=warehouse) as connection:
        days = {
            rollup: [
                str(row[0])
                for row in connection.execute(
                    f"select distinct event_date from built.intermediate.{rollup} "
                    f"where {measure} <> {MARK} order by event_date"
                ).fetchall()
            ]
            for rollup, measure in MEASURES.items()
        }
    return {rollup: found for rollup, found in days.items() if found}


def _orders_judged_anew(warehouse: Path) -> set[str]:
    with opened(built=warehouse) as connection:
        return {
            row[0]
            for name in JUDGED_BY_KEY
            for row in connection.execute(
                f"select order_id from built.staging.{name} where _delivery <> '{MARK}'"
            ).fetchall()
        }


def _date_of_order(warehouse: Path, order_id: str) -> str:
    with opened(built=warehouse) as connection:
        row = connection.execute(
            "select ordered_date from built.staging.stg_sales__orders "
            "where order_id = ? and row_status = 'accepted'",
            [order_id],
        ).fetchone()
    assert row is not None
    return str(row[0])
