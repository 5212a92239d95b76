"""Fixtures for tests on the project as dbt reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def built_sample(sample_warehouse: Path) -> Path:
    """Warehouse of the sample."""
    return sample_warehouse
