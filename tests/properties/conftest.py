"""Fixtures for tests that build the whole warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scoring.errors import CannotRun
from scoring.panel import write_panel

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.once import Once


@pytest.fixture(scope="session")
def built_sample(sample_warehouse: Path) -> Path:
    """Warehouse of the sample."""
    return sample_warehouse


@pytest.fixture(scope="session")
def panel_raw(once: Once) -> Path:
    """Raw files of the household panel."""
    try:
        return once.made("panel_raw", write_panel)
    except CannotRun as error:
        pytest.skip(f"the household panel cannot be made: {error}")
