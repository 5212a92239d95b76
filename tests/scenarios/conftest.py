"""Fixtures for scenarios: raw data as a user would bring them, and what becomes of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scoring.warehouse import connect
from tests.support.dbt import WAREHOUSE_NAME
from tests.support.programs import DBT, SCORING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.support.programs import Programs


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
    """dbt and `scoring` as a person runs them, each in a process of its own.

    dbt finds what it is given in the same place each time: it parses the project anew where the
    name of the raw location or of the warehouse is another one than before.
    """

    project_dir: Path
    scratch: Path
    programs: Programs

    @property
    def raw(self) -> Path:
        """The name of the raw location for dbt."""
        return self.scratch / "raw"

    def dbt(
        self, *arguments: str, raw: Path, warehouse: Path, before: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run dbt; `before` is a program that runs it."""
        options = ["--no-use-colors", *arguments, "--target-path", str(self.scratch / "target")]
        options += ["--log-path", str(self.scratch / "logs")]
        folder = self.scratch / "warehouse"
        for link, place in ((self.raw, raw), (folder, warehouse.parent)):
            link.unlink(missing_ok=True)
            link.symlink_to(place)
        raw, warehouse = self.raw, folder / warehouse.name
        if not before:
            return self._run(DBT, options, raw, warehouse)
        return subprocess.run(
            [*before, sys.executable, "-c", "from dbt.cli.main import cli; cli()", *options],
            env=self._environment(raw, warehouse),
            cwd=self.project_dir,
            capture_output=True,
            text=True,
            check=False,
        )

    def scoring(self, raw: Path, warehouse: Path) -> subprocess.CompletedProcess[str]:
        """Run `scoring run`."""
        return self._run(SCORING, ["run"], raw, warehouse)

    def _run(
        self, program: str, arguments: list[str], raw: Path, warehouse: Path
    ) -> subprocess.CompletedProcess[str]:
        environment = self._environment(raw, warehouse)
        return self.programs.run(
            program, *arguments, environment=environment, folder=self.project_dir
        )

    def _environment(self, raw: Path, warehouse: Path) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("SCORING_")}
        return {
            **kept,
            "SCORING_PROJECT": str(self.project_dir),
            "SCORING_RAW": str(raw),
            "SCORING_WAREHOUSE": str(warehouse),
            "SCORING_PUBLISHED": str(warehouse.parent / "published"),
        }


@pytest.fixture(scope="session")
def command_line(
    project_dir: Path, programs: Programs, tmp_path_factory: pytest.TempPathFactory
) -> CommandLine:
    return CommandLine(project_dir, tmp_path_factory.mktemp("command_line"), programs)


@pytest.fixture(scope="session")
def built_sample(sample_warehouse: Path) -> Warehouse:
    """Warehouse of the sample."""
    return Warehouse(sample_warehouse.parent)


@pytest.fixture
def project_copy(project_dir: Path, tmp_path: Path) -> Path:
    """The project with seeds of its own, which may be changed."""
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("models", "macros", "snapshots", "tests", "selectors.yml", "profiles.yml"):
        (folder / name).symlink_to(project_dir / name)
    shutil.copy(project_dir / "dbt_project.yml", folder)
    shutil.copytree(project_dir / "seeds", folder / "seeds")
    return folder
