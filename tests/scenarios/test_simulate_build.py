"""A simulated company is accepted by the warehouse, and judged as it was planted."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from scoring.contract import read_contract
from scoring.simulate import Simulation, simulate
from scoring.simulate.plan import make_plan
from scoring.simulate.sectors import find_sector
from tests.support.dbt import Dbt

PROJECT = Path(__file__).resolve().parents[2]
DIRT = 0.04


@pytest.fixture(scope="module")
def built(dbt: Dbt, tmp_path_factory: pytest.TempPathFactory) -> tuple[Simulation, Path]:
    folder = tmp_path_factory.mktemp("simulated")
    plan = make_plan(
        customers=500, days=200, seed=3, sector=find_sector("commerce"), dirt=DIRT, late=0.1
    )
    made = simulate(folder / "raw", plan, read_contract(PROJECT))
    return made, dbt.build(made.folder, folder / "warehouse")


def test_every_row_is_judged_as_it_was_planted(built: tuple[Simulation, Path]) -> None:
    made, warehouse = built
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        accounts = connection.execute(
            "select source_name || '.' || table_name, landed_row_count, accepted_row_count, "
            "anonymous_row_count, rejected_row_count, exact_duplicate_row_count, "
            "superseded_row_count from monitoring.mon_raw_accounting"
        ).fetchall()
        refused = connection.execute(
            "select source_name || '.' || table_name, 'rejected: ' || reason, sum(row_count) "
            "from marts.rejected_rows group by all"
        ).fetchall()
    wanted = {
        (
            table,
            counts["rows"],
            counts["accepted"],
            counts["anonymous"],
            sum(count for name, count in counts.items() if name.startswith("rejected: ")),
            counts["exact_duplicate"],
            counts["superseded"],
        )
        for table, counts in made.planted.items()
    }
    # Nobody gave a verdict on simulated people.
    nothing = ("crm.identity_links", 0, 0, 0, 0, 0, 0)
    assert set(accounts) == wanted | {nothing}
    planted = {
        (table, name, count)
        for table, counts in made.planted.items()
        for name, count in counts.items()
        if name.startswith("rejected: ")
    }
    assert set(refused) == planted


def test_the_share_that_is_refused_is_that_of_the_dirt(built: tuple[Simulation, Path]) -> None:
    _, warehouse = built
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        share = connection.execute(
            "select sum(rejected_row_count) / sum(accepted_row_count + anonymous_row_count) "
            "from monitoring.mon_raw_accounting"
        ).fetchall()[0][0]
    # Half of the dirt must be refused; the rest are repeated and corrected rows.
    assert share == pytest.approx(DIRT / 2, rel=0.15)


def test_everybody_simulated_is_scored(built: tuple[Simulation, Path]) -> None:
    made, warehouse = built
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        unknown = connection.execute(
            f"select count(*) from '{made.truth}/customers/*.parquet' as truth "
            "anti join marts.scored_customers using (customer_id)"
        ).fetchall()
    assert unknown == [(0,)]
