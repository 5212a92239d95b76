"""Fixtures for tests that build the whole warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
# The rules see the same shapes in a part of the households, in a third of the time.
PANEL_PARTS = 3


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
    """Raw files of one household in three."""

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
    folder = once.made(
        "scored_panel",
        lambda folder: dbt.build(
            part_of_panel, folder, training_dates=PANEL_DATES, select=(*SCORED, *FEATURES)
        ),
    )
    return folder / WAREHOUSE_NAME
