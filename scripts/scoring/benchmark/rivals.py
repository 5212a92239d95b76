"""The same roll-ups with other tools, where they fit: pandas here, Spark where one is at hand."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.benchmark.processes import Usage, measure
from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Callable

SPARK_PYTHON = "SCORING_SPARK_PYTHON"
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
    spark = os.environ.get(SPARK_PYTHON)
    pandas: Usage | str = "not run: it holds everything in memory at once"
    if size <= _PANDAS_MOST_BYTES:
        say("pandas")
        pandas = _run((sys.executable, str(scripts / "by_pandas.py"), str(raw)), folder)
    by_spark: Usage | str = f"not run: {SPARK_PYTHON} names no Python with pyspark"
    if spark:
        say("spark")
        by_spark = _run((spark, str(scripts / "by_spark.py"), str(raw)), folder)
    return {"pandas": pandas, "polars": "not run: not among the locked packages", "spark": by_spark}


def _run(command: tuple[str, ...], folder: Path) -> Usage | str:
    try:
        return measure(command[1], command, {}, folder=folder, log=folder / "rival.log")
    except CannotRun as error:
        return f"failed: {error}"
