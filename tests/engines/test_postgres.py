"""The models on PostgreSQL give what they give on DuckDB, in a first run and in a later one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scoring.engines.postgres import load
from tests.engines.building import Engine, build_twice
from tests.support.engines import PostgresTables, engine_differences
from tests.support.postgres import fetch_rows, private_server, server_programs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scoring.contract import Contract
    from scoring.engines.postgres import Server
    from tests.support.dbt import Dbt

pytestmark = pytest.mark.skipif(
    server_programs() is None, reason="PostgreSQL's server is not installed (Debian: postgresql)"
)


@dataclass(frozen=True)
class Engines:
    """The sample on both engines, built twice: before and after its last month arrived."""

    warehouse: Path
    server: Server


@pytest.fixture(scope="module")
def engines(
    dbt: Dbt, project_dir: Path, contract: Contract, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engines]:
    with private_server() as server:
        postgres = Engine("postgres", server.environment(), lambda raw: load(raw, contract, server))
        warehouse = build_twice(postgres, dbt, project_dir, tmp_path_factory.mktemp("postgres"))
        yield Engines(warehouse, server)


def test_every_table_is_the_same_on_both_engines(engines: Engines) -> None:
    differences = engine_differences(engines.warehouse, PostgresTables(engines.server))

    assert not differences, "\n".join(
        f"{table}: {text}" for table, texts in differences.items() for text in texts
    )


def test_later_run_adds_to_the_history(engines: Engines) -> None:
    _, rows = fetch_rows(
        engines.server,
        "select distinct as_of_date from marts.score_history order by as_of_date",
    )

    assert rows == [("2025-06-01",), ("2025-06-30",)]


def test_overwritten_cells_are_remembered(engines: Engines) -> None:
    _, rows = fetch_rows(
        engines.server,
        "select count(*) > 0 from snapshots.snap_customer_cells "
        "where dbt_valid_to is not null and region is distinct from 'Moved'",
    )

    assert rows == [(True,)]


def test_the_planner_knows_every_table(engines: Engines) -> None:
    """Without a count it takes a big table for a small one, and minutes for seconds."""
    _, rows = fetch_rows(
        engines.server,
        "select count(*), count(*) filter (where reltuples = -1) from pg_class "
        "inner join pg_namespace on pg_namespace.oid = relnamespace "
        "where relkind = 'r' and nspname in ('reference', 'intermediate', 'scores', 'marts')",
    )

    ((tables, not_counted),) = rows
    assert tables > 50
    assert not_counted == 0


def test_cells_are_judged_one_by_one(engines: Engines) -> None:
    _, rows = fetch_rows(
        engines.server,
        "select row_reason, count(*) from staging.stg_crm__customers "
        "where customer_id like 'ODD-birth_date-%' group by row_reason order by row_reason",
    )

    assert {reason for reason, _ in rows} == {
        None,
        "not_a_date",
        "out_of_range",
        "later_than_delivery",
    }
