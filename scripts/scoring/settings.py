"""Where things lie and what is scored, read once from the environment."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_RAW = "data/sample"
DEFAULT_SECTOR = "commerce"
# A database named as one of its schemas makes `schema.table` ambiguous in DuckDB.
_SCHEMAS = frozenset(
    {
        *("staging", "intermediate", "features", "scores", "marts", "monitoring"),
        *("restricted", "reference", "snapshots", "targets", "main", "system", "temp"),
    }
)
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Settings:
    """The settings of one command; every path is absolute.

    Attributes:
        project_dir: folder of `dbt_project.yml`.
        raw_location: folder of raw files, or a `.duckdb` file.
        warehouse_path: the private build file.
        published_dir: folder of the published copies of this warehouse.
        sector: name of the set of seeds, a folder under `seeds/sectors`.
        as_of_date: date to score, or None for the day after the latest event.
        run_id: name of this run.
        threads: models that dbt builds at the same time; two big ones want the memory of both.
    """

    project_dir: Path
    raw_location: Path
    warehouse_path: Path
    published_dir: Path
    sector: str
    as_of_date: date | None
    run_id: str
    threads: int = 1

    @property
    def stem(self) -> str:
        """Short name of the warehouse, used for its other folders."""
        return self.warehouse_path.stem

    @property
    def target_dir(self) -> Path:
        """Where dbt writes its manifest and compiled SQL for this warehouse."""
        return self.project_dir / "build" / "dbt" / self.stem

    @property
    def log_dir(self) -> Path:
        """Where the logs of runs on this warehouse go."""
        return self.project_dir / "build" / "logs" / self.stem

    @property
    def lock_path(self) -> Path:
        """The file that a run locks."""
        return self.warehouse_path.with_name(self.warehouse_path.name + ".lock")

    def with_raw(self, raw_location: Path) -> Settings:
        """The same settings on another raw location."""
        return replace(self, raw_location=raw_location.resolve())

    def environment(self) -> dict[str, str]:
        """What dbt reads through `env_var`."""
        variables = {
            "SCORING_RAW": str(self.raw_location),
            "SCORING_WAREHOUSE": str(self.warehouse_path),
            "SCORING_PUBLISHED": str(self.published_dir),
            "SCORING_SECTOR": self.sector,
            "SCORING_RUN_ID": self.run_id,
            "SCORING_THREADS": str(self.threads),
        }
        if self.as_of_date is not None:
            variables["SCORING_AS_OF_DATE"] = self.as_of_date.isoformat()
        return variables


def new_run_id(now: datetime | None = None) -> str:
    """A run id that sorts by time: UTC timestamp and six random hexadecimal digits."""
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    return f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def find_project_dir(environ: Mapping[str, str]) -> Path:
    """The project folder: `SCORING_PROJECT` if set, else the one that holds this package."""
    named = environ.get("SCORING_PROJECT")
    return Path(named).resolve() if named else Path(__file__).resolve().parents[2]


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Args:
        environ: variables to read, by default those of the process.

    Raises:
        CannotRun: a variable has a value that cannot be used.
    """
    variables = os.environ if environ is None else environ
    project = find_project_dir(variables)

    def path_of(name: str, default: Path | str) -> Path:
        return (project / (variables.get(name) or default)).resolve()

    raw = path_of("SCORING_RAW", DEFAULT_RAW)
    # The same rule as in profiles.yml, so that a bare `dbt build` fills the same file.
    warehouse = path_of("SCORING_WAREHOUSE", f"warehouse/{raw.name.split('.')[0]}.duckdb")
    if warehouse.stem in _SCHEMAS:
        raise CannotRun(
            f"the warehouse {warehouse} would be named as one of its schemas: "
            "set SCORING_WAREHOUSE to a file of another name"
        )
    if warehouse == raw:
        raise CannotRun(f"SCORING_RAW and SCORING_WAREHOUSE name the same file: {raw}")
    return Settings(
        project_dir=project,
        raw_location=raw,
        warehouse_path=warehouse,
        published_dir=path_of("SCORING_PUBLISHED", f"published/{warehouse.stem}"),
        sector=variables.get("SCORING_SECTOR") or DEFAULT_SECTOR,
        as_of_date=read_date(variables.get("SCORING_AS_OF_DATE"), "SCORING_AS_OF_DATE"),
        run_id=_read_run_id(variables.get("SCORING_RUN_ID")),
        threads=_read_threads(variables.get("SCORING_THREADS")),
    )


def read_date(text: str | None, name: str) -> date | None:
    """A date as people write it; None for no text.

    Args:
        text: what was written.
        name: the setting, for the message.

    Raises:
        CannotRun: it is no date.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise CannotRun(
            f"{name} is '{text}': write it as YYYY-MM-DD, for example 2025-06-30"
        ) from None


def _read_run_id(text: str | None) -> str:
    if not text:
        return new_run_id()
    if not _RUN_ID.fullmatch(text):
        raise CannotRun(
            f"SCORING_RUN_ID is '{text}': use letters, digits, dots, dashes and underscores only"
        )
    return text


def _read_threads(text: str | None) -> int:
    if not text:
        return 1
    if not text.strip().isdecimal() or int(text) == 0:
        raise CannotRun(f"SCORING_THREADS is '{text}': write a whole number from 1 on")
    return int(text)
