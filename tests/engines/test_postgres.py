"""The models on PostgreSQL give what they give on DuckDB, in a first run and in a later one."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scoring.contract import read_contract
from scoring.engines.postgres import load
from tests.engines.deliveries import write_first, write_second
from tests.support.dbt import NO_TESTS, WAREHOUSE_NAME, Dbt
from tests.support.engines import engine_differences
from tests.support.postgres import fetch_rows, private_server, server_programs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scoring.engines.postgres import Server

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
    dbt: Dbt, project_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engines]:
    folder = tmp_path_factory.mktemp("engines")
    sample, raw = project_dir / "data" / "sample", folder / "raw"
    contract = read_contract(project_dir)
    with private_server() as server:
        both = Engines(folder / WAREHOUSE_NAME, server)
        # The tests of the models are run once on PostgreSQL, in the later state.
        for write, as_of_date, arguments in (
            (write_first, "2025-06-01", NO_TESTS),
            (write_second, "2025-06-30", ("--select", "*")),
        ):
            write(sample, raw)
            load(raw, contract, server)
            with _build_on_server(both, project_dir, raw, as_of_date, arguments):
                dbt.build(raw, folder, as_of_date=as_of_date)
        yield both


@contextmanager
def _build_on_server(
    engines: Engines, project_dir: Path, raw: Path, as_of_date: str, arguments: tuple[str, ...]
) -> Iterator[None]:
    """`dbt build` on PostgreSQL, in a process of its own while the caller does something else."""
    folder = engines.warehouse.parent / "postgres"
    variables = {
        **{name: text for name, text in os.environ.items() if not name.startswith("SCORING_")},
        **engines.server.environment(),
        "SCORING_RAW": str(raw),
        "SCORING_AS_OF_DATE": as_of_date,
    }
    command = [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "build"]
    command += ["--target", "postgres", "--target-path", str(folder), "--log-path", str(folder)]
    process = subprocess.Popen(
        [*command, "--profiles-dir", ".", *arguments],
        cwd=project_dir,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield
    finally:
        said, _ = process.communicate()
    assert process.returncode == 0, f"dbt build failed on PostgreSQL:\n{said[-6000:]}"


def test_every_table_is_the_same_on_both_engines(engines: Engines) -> None:
    differences = engine_differences(engines.warehouse, engines.server)

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
