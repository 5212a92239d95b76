"""What stops a run before anything is touched."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from scoring.errors import CannotRun
from scoring.run import plan
from scoring.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from scoring.settings import Settings


@pytest.fixture
def settings(project_dir: Path, tmp_path: Path) -> Settings:
    for name in ("sales/orders/2025", "crm", "lost+found"):
        (tmp_path / "raw" / name).mkdir(parents=True)
    places = {"SCORING_RAW": "raw", "SCORING_PUBLISHED": "published"}
    return read_settings(
        {"SCORING_PROJECT": str(project_dir)}
        | {name: str(tmp_path / place) for name, place in places.items()}
    )


@pytest.fixture
def lock(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Folders that may not be listed; permissions alone would not keep root out."""
    locked: set[str] = set()
    scandir = os.scandir

    def listed(path: str) -> object:
        if str(path) in locked:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", listed)
    return locked


@pytest.mark.parametrize("name", ["", "crm", "sales/orders", "sales/orders/2025"])
def test_a_folder_of_raw_data_that_may_not_be_read_is_named(
    settings: Settings, lock: set[str], name: str
) -> None:
    folder = str(settings.raw_location / name)
    lock.add(folder)
    with pytest.raises(CannotRun) as caught:
        plan(settings)
    assert str(caught.value).startswith(
        f"the folder {folder} of raw data cannot be read: Permission denied."
    )


def test_a_folder_that_belongs_to_no_source_may_be_closed(
    settings: Settings, lock: set[str]
) -> None:
    lock.add(str(settings.raw_location / "lost+found"))
    assert plan(settings).tables
