"""An independent count of the raw rows: what the warehouse's accounting must add up to.

Files are read by Python alone, so that a fault of the warehouse's readers cannot hide itself.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from scoring.contract import Contract, Table

SUFFIXES = (".csv", ".jsonl", ".parquet")
OUTCOMES = ("accepted", "anonymous", "rejected", "exact_duplicate", "superseded")


@dataclass(frozen=True)
class CsvFormat:
    """How CSV files are written.

    Attributes:
        delimiter: one character between fields.
        quote: one character around a field; doubled inside one.
        encoding: name of the encoding; a byte order mark is allowed in UTF-8.
    """

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"


@dataclass(frozen=True)
class RawCount:
    """What was delivered of one table.

    Attributes:
        file_count: files, or 1 for a table of a database; 0 where the table is absent.
        row_count: data rows, headers apart.
        unreadable: those of `row_count` that are no row of the file: another number of fields than
            the header, or a line that is no JSON object.
    """

    file_count: int = 0
    row_count: int = 0
    unreadable: int = 0

    def __add__(self, other: RawCount) -> RawCount:
        """The two counts together."""
        return RawCount(
            self.file_count + other.file_count,
            self.row_count + other.row_count,
            self.unreadable + other.unreadable,
        )


@dataclass(frozen=True)
class Difference:
    """A table whose raw rows are not all accounted for.

    Attributes:
        source: source system.
        table: table of it.
        raw_row_count: rows counted here.
        landed_row_count: rows that the warehouse says it landed.
        accounted_row_count: rows that the warehouse gives an outcome.
    """

    source: str
    table: str
    raw_row_count: int
    landed_row_count: int
    accounted_row_count: int

    @property
    def unexplained_row_count(self) -> int:
        """The wider of the gaps to what was landed and to what has an outcome."""
        return max(
            abs(self.raw_row_count - self.landed_row_count),
            abs(self.raw_row_count - self.accounted_row_count),
        )


def read_csv_format(project_dir: Path) -> CsvFormat:
    """Read how CSV files are written from the var `csv_format` of `dbt_project.yml`.

    Raises:
        CannotRun: the var has a part that is not known, or a sign that is not one character.
    """
    path = project_dir / "dbt_project.yml"
    if not path.is_file():
        return CsvFormat()
    project: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    stated: dict[str, Any] = (project.get("vars") or {}).get("csv_format") or {}
    unknown = stated.keys() - {"delimiter", "quote", "encoding"}
    signs = [str(stated[name]) for name in ("delimiter", "quote") if name in stated]
    if unknown or any(len(sign) != 1 for sign in signs):
        raise CannotRun(
            "the var csv_format has the parts delimiter and quote, of one character each, and"
            f" encoding; it says {stated}"
        )
    return CsvFormat(**{name: str(value) for name, value in stated.items()})


def count_raw(
    raw_location: Path, contract: Contract, csv_format: CsvFormat | None = None
) -> dict[tuple[str, str], RawCount]:
    """Count the raw data rows of every table of the contract.

    Args:
        raw_location: folder of raw files, or a `.duckdb` file with a schema per source.
        contract: tables to look for.
        csv_format: how CSV files are written.

    Returns:
        One count per (source, table), also for tables that are absent.

    Raises:
        CannotRun: the location or a file cannot be read; the message names file and line.
    """
    if raw_location.suffix == ".duckdb":
        return _count_database(raw_location, contract)
    if not raw_location.is_dir():
        raise CannotRun(
            f"there is no raw data at {raw_location}: set SCORING_RAW to the folder or .duckdb file"
        )
    form = csv_format or CsvFormat()
    counts = {}
    for table in contract.tables:
        files = (count_file(path, form) for path in find_files(raw_location, table))
        counts[table.source, table.name] = sum(files, RawCount())
    return counts


def find_files(raw_location: Path, table: Table) -> list[Path]:
    """The files of a table: `<source>/<table>.<suffix>` and all below `<source>/<table>/`."""
    folder = raw_location / table.source
    beside = folder.glob(f"{table.name}.*")
    below = (folder / table.name).rglob("*")
    found = {path for path in beside if path.stem == table.name} | set(below)
    return sorted(p for p in found if p.suffix.lower() in SUFFIXES and p.is_file())


def count_file(path: Path, csv_format: CsvFormat) -> RawCount:
    """Count the data rows of one file.

    Raises:
        CannotRun: the file cannot be read; the message names file and line.
    """
    readers: dict[str, Callable[[Path], RawCount]] = {
        ".csv": lambda p: _count_csv(p, csv_format),
        ".jsonl": _count_json_lines,
        ".parquet": _count_parquet,
    }
    try:
        return readers[path.suffix.lower()](path)
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror or error}") from error


def compare(
    counts: Mapping[tuple[str, str], RawCount], accounting_rows: Iterable[Mapping[str, Any]]
) -> list[Difference]:
    """Find the tables where raw is not accepted + anonymous + rejected + duplicate + superseded.

    Args:
        counts: what `count_raw` returned.
        accounting_rows: rows of `monitoring.mon_raw_accounting` by column name.

    Returns:
        One difference per table that does not add up, ordered by source and table.
    """
    landed: dict[tuple[str, str], int] = {}
    accounted: dict[tuple[str, str], int] = {}
    for row in accounting_rows:
        name = (str(row["source_name"]), str(row["table_name"]))
        landed[name] = int(row["landed_row_count"])
        accounted[name] = sum(int(row[f"{outcome}_row_count"]) for outcome in OUTCOMES)
    differences = [
        Difference(
            source=name[0],
            table=name[1],
            raw_row_count=counts.get(name, RawCount()).row_count,
            landed_row_count=landed.get(name, 0),
            accounted_row_count=accounted.get(name, 0),
        )
        for name in sorted(counts.keys() | landed.keys())
    ]
    return [difference for difference in differences if difference.unexplained_row_count]


def _count_csv(path: Path, csv_format: CsvFormat) -> RawCount:
    # The limit of the csv module is meant for hostile input; a long free text is a valid cell.
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(
        _decoded_lines(path, csv_format.encoding),
        delimiter=csv_format.delimiter,
        quotechar=csv_format.quote,
        strict=True,
    )
    row_count = unreadable = 0
    try:
        header = next(reader, None)
        if header is None:
            return RawCount(file_count=1)
        for row in reader:
            # A blank line is the one empty cell of a row only where there is one column.
            if not row and len(header) != 1:
                continue
            row_count += 1
            unreadable += len(row or [""]) != len(header)
    except csv.Error as error:
        raise CannotRun(
            f"{path}, line {reader.line_num}: not a well-formed CSV: {error}"
        ) from error
    return RawCount(1, row_count, unreadable)


def _count_json_lines(path: Path) -> RawCount:
    row_count = unreadable = 0
    for line in _decoded_lines(path, "utf-8"):
        if not line.strip():
            continue
        row_count += 1
        try:
            unreadable += not isinstance(json.loads(line), dict)
        except json.JSONDecodeError:
            unreadable += 1
    return RawCount(1, row_count, unreadable)


def _count_parquet(path: Path) -> RawCount:
    from pyarrow import ArrowInvalid, parquet

    try:
        return RawCount(1, int(parquet.read_metadata(path).num_rows))
    except ArrowInvalid as error:
        raise CannotRun(f"{path} is not a Parquet file: {error}") from error


def _decoded_lines(path: Path, encoding: str) -> Iterator[str]:
    is_utf_8 = encoding.lower().replace("_", "-") in {"utf-8", "utf8"}
    try:
        with path.open(encoding="utf-8-sig" if is_utf_8 else encoding, newline="") as file:
            yield from file
    except UnicodeDecodeError as error:
        line = _first_undecodable_line(path) if is_utf_8 else None
        place = f"{path}, line {line}" if line else str(path)
        raise CannotRun(
            f"{place}: not {encoding} text. Save the file as {encoding}, or state its encoding in"
            " the var csv_format."
        ) from error
    except LookupError as error:
        raise CannotRun(f"the var csv_format names an unknown encoding: {encoding}") from error


def _first_undecodable_line(path: Path) -> int | None:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return None


def _count_database(path: Path, contract: Contract) -> dict[tuple[str, str], RawCount]:
    import duckdb

    if not path.is_file():
        raise CannotRun(f"there is no raw database at {path}: set SCORING_RAW to an existing one")
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            present = set(
                connection.execute(
                    "select table_schema, table_name from information_schema.tables"
                ).fetchall()
            )
            counts = {}
            for table in contract.tables:
                name = (table.source, table.name)
                counts[name] = RawCount()
                if name in present:
                    row = connection.execute(
                        f'select count(*) from "{table.source}"."{table.name}"'
                    ).fetchone()
                    counts[name] = RawCount(1, int(row[0]) if row else 0)
            return counts
    except duckdb.Error as error:
        raise CannotRun(f"the raw database {path} cannot be read: {error}") from error
