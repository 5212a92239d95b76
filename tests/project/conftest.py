"""Fixtures for tests on the project as dbt reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scoring.contract import Contract, read_contract
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
def manifest(dbt: Dbt) -> dict[str, Any]:
    """The project as dbt parsed it."""
    return dbt.manifest()


@pytest.fixture(scope="session")
def built_sample(
    dbt: Dbt,
    project_dir: Path,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Path:
    """Warehouse of the sample."""
    once = Once.of_test_run(tmp_path_factory, request.config)
    return once.built_sample(dbt, project_dir / "data" / "sample")
