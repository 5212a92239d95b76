"""Wall time, processor time and peak memory of the commands that people wait for."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.errors import CannotRun

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
    """What one command took: seconds on the wall and of processors, peak memory in MB."""

    name: str
    wall_seconds: float
    processor_seconds: float
    peak_megabytes: float
    budget_seconds: int


def machine() -> str:
    """The machine in one line: processors, memory, system, Python."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} processors, {gigabytes:.0f} GB, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}"
    )


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


def measure(budgeted: Budgeted, project_dir: Path, log: Path) -> Measurement:
    """Run one command to its end and measure it.

    Raises:
        CannotRun: if it fails; its output is in `log`.
    """
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            budgeted.command,
            cwd=project_dir,
            env=os.environ | budgeted.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        kept = Path(tempfile.gettempdir()) / "scoring-benchmark.log"
        shutil.copy(log, kept)
        raise CannotRun(f"{budgeted.name} failed; what it printed is in {kept}.")
    return Measurement(
        name=budgeted.name,
        wall_seconds=wall,
        processor_seconds=usage.ru_utime + usage.ru_stime,
        peak_megabytes=usage.ru_maxrss / 1024,
        budget_seconds=budgeted.budget_seconds,
    )


def run_benchmark(settings: Settings, *, with_tests: bool) -> Iterator[Measurement]:
    """Measure command after command."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for budgeted in commands(settings, scratch, with_tests=with_tests):
            yield measure(budgeted, settings.project_dir, scratch / "output.log")
