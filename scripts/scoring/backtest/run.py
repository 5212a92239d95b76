"""`scoring backtest`: raw data, rows, replays, and pages of what was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from scoring.backtest.offers import replay_offers
from scoring.backtest.replay import replay
from scoring.lock import hold
from scoring.panel import write_panel
from scoring.public_data import SETS, source_folder, write_public
from scoring.training.dataset import build_dataset

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from scoring.backtest.results import Result
    from scoring.backtest.tasks import Task
    from scoring.progress import Steps
    from scoring.settings import Settings
    from scoring.training.dataset import Dataset

# The last contacts of the bank are known a month later; the set itself ends with the calls.
_KNOWN_UNTIL = {"bank": date(2010, 12, 1)}


def backtest(
    settings: Settings, tasks: Sequence[Task], source: Path | None, steps: Steps
) -> Iterator[Result]:
    """Replay tasks, one data set after the other.

    Args:
        settings: where the project is; raw data and warehouses are made under its `build`.
        tasks: what to replay.
        source: folder of the public sets' files, None for the usual one.
        steps: told of every step.

    Raises:
        CannotRun: a set's file is missing, or rows could not be built.
    """
    for data in dict.fromkeys(task.data for task in tasks):
        of_data = [task for task in tasks if task.data == data and not task.is_of_offers]
        if of_data:
            dataset, own = rows_to_replay(settings, data, of_data, source, steps)
            for task in of_data:
                with steps.step(f"replay {task.name}"):
                    yield replay(task, dataset, own, steps.note)
        for task in tasks:
            if task.data == data and task.is_of_offers:
                own = _raw_data(settings, data, source, steps)
                workspace = settings.project_dir / "build" / "backtest" / "offers"
                _begin_anew(workspace / f"{own.stem}-training.duckdb", own.run_id)
                yield replay_offers(task, own, workspace, steps)


def rows_to_replay(
    settings: Settings, data: str, tasks: Sequence[Task], source: Path | None, steps: Steps
) -> tuple[Dataset, Settings]:
    """Rows of a data set for all of its tasks, and the settings of its warehouse."""
    own = _raw_data(settings, data, source, steps)
    workspace = settings.project_dir / "build" / "backtest"
    _begin_anew(workspace / f"{own.stem}-training.duckdb", own.run_id)
    dataset = build_dataset(
        list(dict.fromkeys(name for task in tasks for name in task.targets)),
        sorted({day for task in tasks for day in task.dates}),
        settings=own,
        workspace=workspace,
        steps=steps,
    )
    return dataset, own


def _raw_data(settings: Settings, data: str, source: Path | None, steps: Steps) -> Settings:
    """Write the raw files of a data set, and the settings to read them with."""
    project = settings.project_dir
    raw = project / "build" / data
    with steps.step(f"raw data of {data}"):
        if data in SETS:
            write_public(data, source_folder(project, source), raw)
        else:
            write_panel(raw)
    return replace(
        settings,
        raw_location=raw,
        warehouse_path=project / "warehouse" / f"{data}.duckdb",
        as_of_date=_KNOWN_UNTIL.get(data),
    )


def _begin_anew(warehouse: Path, run_id: str) -> None:
    """Remove an earlier replay's warehouse: the project's seeds may have other columns by now."""
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with hold(warehouse.with_name(f"{warehouse.name}.lock"), run_id):
        warehouse.unlink(missing_ok=True)
        warehouse.with_name(f"{warehouse.name}.wal").unlink(missing_ok=True)
