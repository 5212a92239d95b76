"""The whole command on the real models: a good run, a refused delivery, and recovery."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pytest

from scoring.warehouse import SERVED_STORAGE, WAREHOUSE_STORAGE, connect, storage_version
from tests.support.programs import CHECKS, SCORING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.programs import Programs

# A view of the sample is read in a second; a plan that waits for itself never ends.
_READING_SECONDS = 60
_READER = """
import sys
import duckdb

result = duckdb.connect(sys.argv[1], read_only=True).execute(f"select * from {sys.argv[2]}")
rows = 0
while batch := result.fetchmany(1000):
    rows += len(batch)
print(rows)
"""


@dataclass(frozen=True)
class Company:
    """A company with raw data of its own, a warehouse and a place to publish."""

    project_dir: Path
    programs: Programs
    folder: Path

    @property
    def raw(self) -> Path:
        """Its raw location."""
        return self.folder / "raw"

    @property
    def warehouse(self) -> Path:
        """Its warehouse file."""
        return self.folder / "warehouse" / "company.duckdb"

    @property
    def current(self) -> Path:
        """The link to what is served."""
        return self.folder / "published" / "current"

    def run(self, run_id: str) -> subprocess.CompletedProcess[str]:
        """Run `scoring run` in a process of its own."""
        environment = os.environ | {
            "SCORING_RAW": str(self.raw),
            "SCORING_WAREHOUSE": str(self.warehouse),
            "SCORING_PUBLISHED": str(self.folder / "published"),
            "SCORING_RUN_ID": run_id,
        }
        return self.programs.run(
            SCORING, "run", environment=environment, folder=self.project_dir, imported=CHECKS
        )

    def history_rows(self) -> int:
        """Rows of the score history in the warehouse."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            found = connection.execute("select count(*) from marts.score_history").fetchone()
        assert found is not None
        return int(found[0])


@pytest.fixture(scope="module")
def company(
    project_dir: Path, programs: Programs, tmp_path_factory: pytest.TempPathFactory
) -> Company:
    made = Company(project_dir, programs, tmp_path_factory.mktemp("company"))
    shutil.copytree(project_dir / "data" / "sample", made.raw)
    return made


@pytest.fixture(scope="module")
def first(company: Company) -> subprocess.CompletedProcess[str]:
    """The first run of the company."""
    return company.run("first")


def test_every_view_can_be_read_row_by_row(
    company: Company, first: subprocess.CompletedProcess[str]
) -> None:
    """Fetched rows are made while they are read, where a plan can come to wait for itself."""
    assert first.returncode == 0, first.stderr
    with duckdb.connect(str(company.warehouse), read_only=True) as connection:
        views = connection.execute(
            "select schema_name || '.' || view_name from duckdb_views() where not internal"
        ).fetchall()
        counts = {
            name: connection.execute(f"select count(*) from {name}").fetchall()[0][0]
            for (name,) in views
        }
    assert {"marts.customer_scores", "marts.score_contributions"} <= counts.keys()
    for name, rows in counts.items():
        command = [sys.executable, "-c", _READER, str(company.warehouse), name]
        try:
            read = subprocess.run(
                command, capture_output=True, text=True, check=True, timeout=_READING_SECONDS
            )
        except subprocess.TimeoutExpired:
            pytest.fail(f"{name} was not read in {_READING_SECONDS} seconds")
        assert int(read.stdout) == rows, name


def test_bad_delivery_stops_the_publish_and_lost_history_comes_back(
    company: Company, first: subprocess.CompletedProcess[str]
) -> None:
    assert first.returncode == 0, first.stderr
    assert "Five best customers" in first.stdout
    (steps,) = (line for line in first.stdout.splitlines() if line.startswith("  seconds: "))
    assert all(name in steps for name in ("count raw rows", "check raw data", "check marts"))
    (layers,) = (line for line in first.stdout.splitlines() if line.startswith("  of them dbt"))
    assert all(name in layers for name in ("staging", "scores", "tests"))
    served = company.current.resolve()
    assert (served / "parquet" / "customer_scores.parquet").is_file()
    with duckdb.connect(str(served / "scoring.duckdb"), read_only=True) as published:
        tables = published.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
        served_storage = storage_version(published, "scoring")
    assert ("customer_scores",) in tables, "whoever reads it need not join words"
    with connect(company.warehouse, read_only=True) as warehouse:
        storage = storage_version(warehouse, company.warehouse.stem)
    assert (storage, served_storage) == (WAREHOUSE_STORAGE, SERVED_STORAGE)
    assert json.loads((served / "manifest.json").read_text(encoding="utf-8"))["run_id"] == "first"
    history_rows = company.history_rows()

    # One order in four has no readable time: the share of refused rows is not to be believed.
    bad = company.raw / "sales" / "orders" / "2025-07.csv"
    lines = [f"bad-{number},C0001,30/06/2025,10.00" for number in range(900)]
    bad.write_text("order_id,customer_id,ordered_at,amount\n" + "\n".join(lines), encoding="utf-8")
    second = company.run("second")
    assert second.returncode == 1, second.stderr
    assert "sales.orders" in second.stderr
    assert "bad-" in second.stderr, "the report gives example keys"
    assert "Traceback" not in second.stderr
    assert company.current.resolve() == served

    bad.unlink()
    company.warehouse.unlink()
    third = company.run("third")
    assert third.returncode == 0, third.stderr
    assert company.current.resolve().name == "third"
    assert company.history_rows() == history_rows
    with duckdb.connect(str(company.current / "scoring.duckdb"), read_only=True) as published:
        runs = published.execute(
            "select run_id, status from monitoring.pipeline_runs order by started_at"
        ).fetchall()
    assert [run_id for run_id, _ in runs] == ["first", "third"], (
        "the record of the second run was lost with the warehouse, that of the first was published"
    )
