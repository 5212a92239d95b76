"""A warehouse of its own for training: the models that score, at dates of the past."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from scoring.contract import read_contract
from scoring.dbt_runner import WarmDbt
from scoring.lock import hold
from scoring.restore import restore_history

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from scoring.dbt_runner import Progress
    from scoring.progress import Steps
    from scoring.settings import Settings

_NO_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


class TrainingWarehouse:
    """Builds what is asked for; use it through `training_warehouse`."""

    def __init__(self, path: Path, dbt: WarmDbt, steps: Steps | None) -> None:
        """Keep what is needed."""
        self.path = path
        self._dbt = dbt
        self._steps = steps

    def build(self, title: str, select: tuple[str, ...], dates: Iterable[date] = ()) -> None:
        """Build models, without their tests, at past dates.

        Raises:
            CannotRun: dbt failed; the message says where.
        """
        listed = ", ".join(f'"{day.isoformat()}"' for day in dates)
        with self._steps.step(title) if self._steps else nullcontext():
            result = self._dbt.run(
                *("build", "--select", *select, *_NO_TESTS),
                *("--vars", f"{{training_dates: [{listed}]}}"),
            )
            result.raise_if_failed(title, self._dbt.log_path)


@contextmanager
def training_warehouse(
    settings: Settings, workspace: Path, steps: Steps | None = None
) -> Iterator[TrainingWarehouse]:
    """Hold the training warehouse of a raw location, with the project parsed.

    Args:
        settings: where the project and the raw data are.
        workspace: folder of the warehouse; what lies there is built on.
        steps: told of every step.

    Raises:
        CannotRun: the project cannot be read.
        Locked: somebody else trains in this workspace.
    """
    path = workspace.resolve() / f"{settings.stem}-training.duckdb"
    private = replace(settings, warehouse_path=path)
    with hold(private.lock_path, private.run_id):
        # What a CRM overwrote is remembered by the warehouse that runs every day.
        restore_history(path, settings.published_dir)
        contract = read_contract(settings.project_dir)
        with WarmDbt(private, contract.pii_columns, steps.on_nodes if steps else _ignore) as dbt:
            dbt.parse().raise_if_failed("reading the project", dbt.log_path)
            yield TrainingWarehouse(path, dbt, steps)


def _ignore(_: Progress) -> None:
    """Progress that nobody watches."""
