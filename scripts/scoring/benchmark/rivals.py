"""The same roll-ups with other tools: pandas where it fits, Polars and Spark where they are."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.benchmark.processes import ProcessFailed, Usage, measure

if TYPE_CHECKING:
    from collections.abc import Callable

# Variables that name a Python of their own for those that are not among the locked packages.
_OTHERS = {"polars": "SCORING_POLARS_PYTHON", "spark": "SCORING_SPARK_PYTHON"}
_PANDAS_MOST_BYTES = 400 * 2**20


def rival_usages(raw: Path, folder: Path, say: Callable[[str], None]) -> dict[str, Usage | str]:
    """What each rival took, or why it was not run.

    Args:
        raw: raw location with orders and order lines.
        folder: for what they print.
        say: told of every rival.
    """
    scripts = Path(__file__).parent
    size = sum(path.stat().st_size for path in (raw / "sales").rglob("*.parquet"))
    found: dict[str, Usage | str] = {"pandas": "not run: it holds everything in memory at once"}
    if size <= _PANDAS_MOST_BYTES:
        say("pandas")
        found["pandas"] = _run((sys.executable, str(scripts / "by_pandas.py"), str(raw)), folder)
    for name, variable in _OTHERS.items():
        found[name] = f"not run: {variable} names no Python with it"
        if python := os.environ.get(variable):
            say(name)
            found[name] = _run((python, str(scripts / f"by_{name}.py"), str(raw)), folder)
    return found


def _run(command: tuple[str, ...], folder: Path) -> Usage | str:
    try:
        return measure(command[1], command, {}, folder=folder, log=folder / "rival.log")
    except ProcessFailed as error:
        return f"failed: it {error.how}"
