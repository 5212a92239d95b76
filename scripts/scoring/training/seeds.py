"""Seeds as training reads and writes them: CSV files whose cells are text."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from scoring.settings import Settings

Row = dict[str, str]


def cards_dir(settings: Settings) -> Path:
    """Where cards lie."""
    return settings.project_dir / "seeds" / "reference" / "cards"


def reference_dir(settings: Settings) -> Path:
    """Where the seeds of all sectors lie."""
    return settings.project_dir / "seeds" / "reference"


def sector_dir(settings: Settings) -> Path:
    """Where the seeds of the sector lie."""
    return settings.project_dir / "seeds" / "sectors" / settings.sector


def read_rows(path: Path) -> list[Row]:
    """Rows of a seed.

    Raises:
        CannotRun: there is no such file.
    """
    if not path.is_file():
        raise CannotRun(f"{path} does not exist: the sector needs this seed")
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def csv_text(columns: Sequence[str], rows: Iterable[Row], *, header: bool) -> str:
    """Rows as CSV, always the same text for the same rows."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(columns), lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
