"""Fixtures for tests that build the whole warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scoring.contract import Contract, read_contract
from scoring.errors import CannotRun
from scoring.panel import write_panel
from tests.support.dbt import Dbt
from tests.support.once import Once

if TYPE_CHECKING:
    from pathlib import Path


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
def sample_raw(project_dir: Path) -> Path:
    return project_dir / "data" / "sample"


@pytest.fixture(scope="session")
def built_sample(once: Once, dbt: Dbt, sample_raw: Path) -> Path:
    """Warehouse of the sample."""
    return once.built_sample(dbt, sample_raw)


@pytest.fixture(scope="session")
def panel_raw(once: Once) -> Path:
    """Raw files of the household panel."""
    try:
        return once.made("panel_raw", write_panel)
    except CannotRun as error:
        pytest.skip(f"the household panel cannot be made: {error}")
