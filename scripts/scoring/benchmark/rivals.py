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
    found: dict[str, Usage | str] = {}
    scripts = Path(__file__).parent
    size = sum(path.stat().st_size for path in (raw / "sales").rglob("*.parquet"))
    if size > _PANDAS_MOST_BYTES:
        found["pandas"] = "not run: it holds everything in memory at once"
    else:
        found["pandas"] = _run("pandas", sys.executable, scripts / "by_pandas.py", raw, folder, say)
    found["polars"] = "not run: not among the locked packages"
    spark = os.environ.get(SPARK_PYTHON)
    if spark:
        found["spark"] = _run("Spark, local[2]", spark, scripts / "by_spark.py", raw, folder, say)
    else:
        found["spark"] = f"not run: {SPARK_PYTHON} names no Python with pyspark"
    return found


def _run(
    name: str, python: str, script: Path, raw: Path, folder: Path, say: Callable[[str], None]
) -> Usage | str:
    say(name)
    try:
        return measure(name, (python, str(script), str(raw)), {}, folder, folder / "rival.log")
    except CannotRun as error:
        return f"failed: {error}"
