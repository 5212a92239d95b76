"""Fixtures for scenarios: raw data as a user would bring them, and what becomes of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import pytest

from scoring.warehouse import connect
from tests.support.dbt import WAREHOUSE_NAME
from tests.support.programs import DBT, SCORING, without_settings

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.support.dbt import Dbt
    from tests.support.programs import Programs


LINKED = ("models", "macros", "snapshots", "tests", "selectors.yml", "profiles.yml")


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

    They run in a folder that links to the project, on the raw location and the warehouse that dbt
    takes by itself: with others dbt would not use what was parsed, and read the project anew.
    """

    folder: Path
    programs: Programs

    # The raw location as dbt names it.
    raw: ClassVar[str] = "data/sample"

    def dbt(
        self, *arguments: str, raw: Path, warehouse: Path, before: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run dbt; `before` is a program that runs it."""
        self._bring(raw, warehouse)
        options = ["--no-use-colors", *arguments]
        if not before:
            return self.programs.run(
                DBT, *options, environment=self._environment(), folder=self.folder
            )
        return subprocess.run(
            [*before, sys.executable, "-c", "from dbt.cli.main import cli; cli()", *options],
            env=self._environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def scoring(self, raw: Path, warehouse: Path) -> subprocess.CompletedProcess[str]:
        """Run `scoring run`."""
        self._bring(raw, warehouse)
        return self.programs.run(
            SCORING, "run", environment=self._environment(), folder=self.folder
        )

    def _bring(self, raw: Path, warehouse: Path) -> None:
        assert warehouse.name == WAREHOUSE_NAME
        for link, place in ((self.raw, raw), ("warehouse", warehouse.parent)):
            path = self.folder / link
            path.parent.mkdir(exist_ok=True)
            path.unlink(missing_ok=True)
            path.symlink_to(place)

    def _environment(self) -> dict[str, str]:
        return {**without_settings(), "SCORING_PROJECT": str(self.folder)}


@pytest.fixture(scope="session")
def command_line(
    dbt: Dbt, project_dir: Path, programs: Programs, tmp_path_factory: pytest.TempPathFactory
) -> CommandLine:
    folder = tmp_path_factory.mktemp("command_line")
    _link(project_dir, folder, *LINKED, "dbt_project.yml", "seeds")
    (folder / "target").mkdir()
    shutil.copy(dbt.parsed_path, folder / "target")
    return CommandLine(folder, programs)


@pytest.fixture(scope="session")
def built_sample(sample_warehouse: Path) -> Warehouse:
    """Warehouse of the sample."""
    return Warehouse(sample_warehouse.parent)


@pytest.fixture
def sample_copy(sample_warehouse: Path, tmp_path: Path) -> Path:
    """Warehouse of the sample, file, for those who open it to write."""
    copied = tmp_path / sample_warehouse.name
    shutil.copy(sample_warehouse, copied)
    return copied


@pytest.fixture
def project_copy(project_dir: Path, tmp_path: Path) -> Path:
    """The project with seeds of its own, which may be changed."""
    folder = tmp_path / "project"
    folder.mkdir()
    _link(project_dir, folder, *LINKED)
    shutil.copy(project_dir / "dbt_project.yml", folder)
    shutil.copytree(project_dir / "seeds", folder / "seeds")
    return folder


def _link(project_dir: Path, folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).symlink_to(project_dir / name)
