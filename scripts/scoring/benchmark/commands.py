"""Wall time, processor time and peak memory of the commands that people wait for."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.benchmark.processes import Usage, measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scoring.settings import Settings


@dataclass(frozen=True)
class Budgeted:
    """A command with the time that it may take, in seconds."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    budget_seconds: int


@dataclass(frozen=True)
class Measurement:
    """What one command took, beside its budget in seconds."""

    name: str
    usage: Usage
    budget_seconds: int


def commands(settings: Settings, scratch: Path, *, with_tests: bool) -> Iterator[Budgeted]:
    """The commands to measure, each on warehouses of its own in `scratch`."""
    programs = Path(sys.executable).parent
    panel = settings.project_dir / "build" / "panel"
    build = {"SCORING_WAREHOUSE": str(scratch / "sample.duckdb")}
    run = {
        "SCORING_RAW": str(panel),
        "SCORING_WAREHOUSE": str(scratch / "panel.duckdb"),
        "SCORING_PUBLISHED": str(scratch / "published"),
    }
    dbt = (str(programs / "dbt"), "build", "--quiet")
    yield Budgeted("dbt build on the sample, first", dbt, build, 20)
    yield Budgeted("dbt build on the sample, again", dbt, build, 20)
    scoring = str(programs / "scoring")
    yield Budgeted("scoring panel", (scoring, "panel", str(panel)), {}, 180)
    yield Budgeted("scoring run on the panel, first", (scoring, "run"), run, 180)
    yield Budgeted("scoring run on the panel, again", (scoring, "run"), run, 180)
    yield Budgeted("scoring --help", (scoring, "--help"), {}, 1)
    if with_tests:
        yield Budgeted("make test", ("make", "test"), {}, 480)


def run_benchmark(settings: Settings, *, with_tests: bool) -> Iterator[Measurement]:
    """Measure command after command."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for budgeted in commands(settings, scratch, with_tests=with_tests):
            usage = measure(
                budgeted.name,
                budgeted.command,
                budgeted.environment,
                folder=settings.project_dir,
                log=scratch / "output.log",
            )
            yield Measurement(budgeted.name, usage, budgeted.budget_seconds)
