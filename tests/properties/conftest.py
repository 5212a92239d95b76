"""Fixtures for tests that build the whole warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from scoring.errors import CannotRun
from scoring.panel import write_panel
from tests.support.dbt import FEATURES, SCORED, WAREHOUSE_NAME, Dbt
from tests.support.raw import connect, files_by_table, raw_files, rewrite

if TYPE_CHECKING:
    from pathlib import Path

    from scoring.contract import Contract
    from tests.support.once import Once

# Past dates that features are made for besides the last.
PANEL_DATES = ("2017-06-01", "2017-09-01", "2017-11-15")
# The rules see the same shapes in a part of the households; make test-full scores them all.
PANEL_PARTS = 10


@pytest.fixture(scope="session")
def built_sample(sample_warehouse: Path) -> Path:
    """Warehouse of the sample."""
    return sample_warehouse


@pytest.fixture(scope="session")
def panel_raw(once: Once) -> Path:
    """Raw files of the household panel."""
    try:
        return once.made("panel_raw", write_panel)
    except CannotRun as error:
        pytest.skip(f"the household panel cannot be made: {error}")


@pytest.fixture(scope="session")
def part_of_panel(once: Once, panel_raw: Path, contract: Contract) -> Path:
    """Raw files of one household in ten."""

    def write(folder: Path) -> None:
        files = raw_files(panel_raw, contract)
        (orders,) = files_by_table(files)["sales.orders"]
        kept_person = f"hash(customer_id) % {PANEL_PARTS} = 0"
        kept_order = f"order_id in (select order_id from {orders.reader} where {kept_person})"
        with connect() as connection:
            rewrite(
                files,
                folder,
                lambda file: (
                    f"select * from {file.reader} where "
                    + (
                        kept_person
                        if file.table.person
                        else kept_order
                        if file.table.name == "order_lines"
                        else "true"
                    )
                ),
                connection,
            )

    return once.made("part_of_panel", write)


@pytest.fixture(scope="session")
def scored_panel(once: Once, dbt: Dbt, part_of_panel: Path) -> Path:
    """Warehouse of the part of the panel, scored, with the features of past dates."""

    def build(folder: Path) -> None:
        select = (*SCORED, *FEATURES)
        warehouse = dbt.build(part_of_panel, folder, training_dates=PANEL_DATES, select=select)
        with duckdb.connect(str(warehouse)) as connection:
            _keep_last_date(connection)

    return once.made("scored_panel", build) / WAREHOUSE_NAME


def _keep_last_date(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave in the marts what a run without past dates would have made."""
    found = connection.execute(
        "select table_name from duckdb_columns() "
        "where schema_name = 'marts' and column_name = 'as_of_date'"
    ).fetchall()
    last = connection.execute("select max(as_of_date) from marts.customer_features").fetchall()
    for (name,) in found:
        connection.execute(f"delete from marts.{name} where as_of_date < ?", last[0])
