"""What several tests read is made once, whichever process of the test run comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock

from tests.support.dbt import WAREHOUSE_NAME, Dbt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

SAMPLE_AS_OF_DATE = "2025-06-30"


@dataclass(frozen=True)
class Once:
    """Folders that one process makes and all processes of the test run read."""

    root: Path

    @classmethod
    def of_test_run(cls, factory: pytest.TempPathFactory, config: pytest.Config) -> Once:
        """The folders of this test run, shared where pytest-xdist runs several processes."""
        base = factory.getbasetemp()
        return cls(base.parent if hasattr(config, "workerinput") else base)

    def made(self, name: str, make: Callable[[Path], object]) -> Path:
        """The folder of that name, filled by `make` if nobody did."""
        folder, stamp = self.root / name, self.root / f"{name}.made"
        with FileLock(self.root / f"{name}.lock"):
            if not stamp.exists():
                folder.mkdir()
                make(folder)
                stamp.touch()
        return folder

    def built_sample(self, dbt: Dbt, sample_raw: Path) -> Path:
        """Warehouse of the sample."""
        folder = self.made(
            "built_sample",
            lambda folder: dbt.build(sample_raw, folder, as_of_date=SAMPLE_AS_OF_DATE),
        )
        return folder / WAREHOUSE_NAME
