"""Fixtures for scenarios: raw data as a user would bring them, and what becomes of them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scoring.contract import Contract, read_contract
from scoring.warehouse import connect
from tests.support.dbt import WAREHOUSE_NAME, Dbt
from tests.support.once import Once

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


@dataclass(frozen=True)
class Warehouse:
    """A built warehouse, to be read."""

    folder: Path

    @property
    def path(self) -> Path:
        """The database file."""
        return self.folder / WAREHOUSE_NAME

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query gives."""
        with connect(self.path, read_only=True) as connection:
            return connection.execute(query).fetchall()

    def dicts(self, query: str) -> list[dict[str, Any]]:
        """What a query gives, each row by the names of its columns."""
        with connect(self.path, read_only=True) as connection:
            connection.execute(query)
            names = [item[0] for item in connection.description or ()]
            return [dict(zip(names, row, strict=True)) for row in connection.fetchall()]

    def change(self, statement: str) -> None:
        """Alter the warehouse by hand."""
        with connect(self.path) as connection:
            connection.execute(statement)


@dataclass(frozen=True)
class CommandLine:
    """dbt and `scoring` as a person runs them, each in a process of its own."""

    project_dir: Path
    scratch: Path

    def dbt(
        self, *arguments: str, raw: Path, warehouse: Path, before: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run dbt; `before` is put before the command."""
        folders = ["--target-path", str(self.scratch / "target")]
        folders += ["--log-path", str(self.scratch / "logs")]
        dbt = [sys.executable, "-c", "from dbt.cli.main import cli; cli()", "--no-use-colors"]
        command = [*before, *dbt, *arguments]
        return self._run([*command, *folders], raw, warehouse)

    def scoring(self, raw: Path, warehouse: Path) -> subprocess.CompletedProcess[str]:
        """Run `scoring run`."""
        return self._run([sys.executable, "-m", "scoring.cli", "run"], raw, warehouse)

    def _run(
        self, command: list[str], raw: Path, warehouse: Path
    ) -> subprocess.CompletedProcess[str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("SCORING_")}
        settings = {
            "SCORING_PROJECT": str(self.project_dir),
            "SCORING_RAW": str(raw),
            "SCORING_WAREHOUSE": str(warehouse),
            "SCORING_PUBLISHED": str(warehouse.parent / "published"),
        }
        return subprocess.run(
            command,
            env={**kept, **settings},
            cwd=self.project_dir,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="session")
def contract(project_dir: Path) -> Contract:
    return read_contract(project_dir)


@pytest.fixture(scope="session")
def dbt(project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    return Dbt(project_dir, tmp_path_factory.mktemp("dbt"))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Once:
    return Once.of_test_run(tmp_path_factory, request.config)


@pytest.fixture(scope="session")
def command_line(project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return CommandLine(project_dir, tmp_path_factory.mktemp("command_line"))


@pytest.fixture(scope="session")
def sample_raw(project_dir: Path) -> Path:
    return project_dir / "data" / "sample"


@pytest.fixture(scope="session")
def built_sample(once: Once, dbt: Dbt, sample_raw: Path) -> Warehouse:
    """Warehouse of the sample."""
    made = once.made("scenario_sample", lambda folder: dbt.build(sample_raw, folder))
    return Warehouse(made)
