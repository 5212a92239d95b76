"""Fixtures for tests that build the whole warehouse; what several tests read is made once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from scoring.contract import Contract, read_contract
from scoring.errors import CannotRun
from scoring.panel import write_panel
from tests.support.dbt import WAREHOUSE_NAME, Dbt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SAMPLE_AS_OF_DATE = "2025-06-30"


@dataclass(frozen=True)
class Once:
    """Folders that one process makes and all processes of the test run read."""

    root: Path

    def made(self, name: str, make: Callable[[Path], object]) -> Path:
        """The folder of that name, filled by `make` if nobody did."""
        folder, stamp = self.root / name, self.root / f"{name}.made"
        with FileLock(self.root / f"{name}.lock"):
            if not stamp.exists():
                folder.mkdir()
                make(folder)
                stamp.touch()
        return folder


@pytest.fixture(scope="session")
def contract(project_dir: Path) -> Contract:
    return read_contract(project_dir)


@pytest.fixture(scope="session")
def dbt(project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    return Dbt(project_dir, tmp_path_factory.mktemp("dbt"))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Once:
    base = tmp_path_factory.getbasetemp()
    return Once(base.parent if hasattr(request.config, "workerinput") else base)


@pytest.fixture(scope="session")
def sample_raw(project_dir: Path) -> Path:
    return project_dir / "data" / "sample"


@pytest.fixture(scope="session")
def built_sample(once: Once, dbt: Dbt, sample_raw: Path) -> Path:
    """Warehouse of the sample."""
    folder = once.made(
        "built_sample",
        lambda folder: dbt.build(sample_raw, folder, as_of_date=SAMPLE_AS_OF_DATE),
    )
    return folder / WAREHOUSE_NAME


@pytest.fixture(scope="session")
def panel_raw(once: Once) -> Path:
    """Raw files of the household panel."""
    try:
        return once.made("panel_raw", write_panel)
    except CannotRun as error:
        pytest.skip(f"the household panel cannot be made: {error}")
