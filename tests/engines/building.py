"""The sample built on DuckDB and on another engine, whole and twice or only in parts."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.engines.deliveries import write_first, write_second
from tests.support.dbt import NO_SEEDS, NO_TESTS
from tests.support.programs import without_settings
from tests.support.spark_tables import load as load_on_spark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scoring.contract import Contract
    from tests.support.dbt import Dbt
    from tests.support.spark import Cluster

SHOWN_CHARACTERS = 6000
# What keeps something from build to build, and what it reads: the later one makes the rest anew.
KEPT = ("+config.materialized:incremental", "+config.materialized:snapshot")


@dataclass(frozen=True)
class Engine:
    """How another engine is reached.

    Attributes:
        target: target of the profile.
        variables: what the target asks for.
        load: brings the raw data of a folder to it.
        program: dbt with the engine's adapter.
    """

    target: str
    variables: Mapping[str, str]
    load: Callable[[Path], None]
    program: Path = field(default_factory=lambda: Path(sys.executable).with_name("dbt"))


def spark_engine(cluster: Cluster, contract: Contract) -> Engine:
    """How a private Spark cluster is reached."""
    return Engine(
        "spark",
        cluster.variables(),
        lambda raw: load_on_spark(raw, contract, cluster),
        program=cluster.environment / "bin" / "dbt",
    )


def build_twice(engine: Engine, dbt: Dbt, project_dir: Path, folder: Path) -> Path:
    """Build both states on both engines and return DuckDB's warehouse."""
    raw = folder / "raw"
    for write, as_of_date, select, arguments in (
        (write_first, "2025-06-01", KEPT, ("--select", *KEPT, "resource_type:seed", *NO_TESTS)),
        # With all tests of the models.
        (write_second, "2025-06-30", (), ("--select", "*", *NO_SEEDS)),
    ):
        write(project_dir / "data" / "sample", raw)
        with _building(engine, project_dir, raw, as_of_date, arguments):
            warehouse = dbt.build(raw, folder, as_of_date=as_of_date, select=select)
    return warehouse


def build_part(engine: Engine, dbt: Dbt, project_dir: Path, folder: Path, *select: str) -> Path:
    """Build some models of the later state on both engines and return DuckDB's warehouse."""
    raw = folder / "raw"
    for write in (write_first, write_second):
        write(project_dir / "data" / "sample", raw)
    with _building(engine, project_dir, raw, "2025-06-30", (*NO_TESTS, "--select", *select)):
        return dbt.build(raw, folder, as_of_date="2025-06-30", select=select)


@contextmanager
def _building(
    engine: Engine,
    project_dir: Path,
    raw: Path,
    as_of_date: str,
    arguments: tuple[str, ...],
) -> Iterator[None]:
    """`dbt build` of raw data on the engine, in another process while the caller does something."""
    engine.load(raw)
    scratch = raw.with_name(engine.target)
    variables = {"SCORING_RAW": str(raw), "SCORING_AS_OF_DATE": as_of_date}
    command = [str(engine.program), "--no-use-colors", "build", "--target", engine.target]
    command += ["--target-path", str(scratch), "--log-path", str(scratch), "--profiles-dir", "."]
    process = subprocess.Popen(
        [*command, *arguments],
        cwd=project_dir,
        env={**without_settings(), **engine.variables, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield
    finally:
        said, _ = process.communicate()
    shown = said[-SHOWN_CHARACTERS:]
    assert process.returncode == 0, f"dbt build failed on {engine.target}:\n{shown}"
