"""The proof: every table and file is searched for what names the person.

It searches rows as whole texts and files as bytes, so that a fault of the removal cannot hide here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.forget.databases import connect_nowhere
from scoring.forget.traces import PERSON_COLUMNS, Traces
from scoring.warehouse import attach, literal, quoted, relations, scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import duckdb

_SCANNED = "scanned"
_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Leftover:
    """A place that still names the person.

    Attributes:
        place: file, with the table where it is a database.
        count: rows, lines or, in the bytes of a database, 1.
    """

    place: str
    count: int


@dataclass(frozen=True)
class Scan:
    """What was searched and what was found."""

    file_count: int
    table_count: int
    leftovers: tuple[Leftover, ...]


def scan(roots: Iterable[Path], traces: Traces) -> Scan:
    """Search every file below some folders, and every table of those that are databases.

    Args:
        roots: folders or files; those that do not exist are left out.
        traces: what names the person.

    Raises:
        CannotRun: a file cannot be read, so that nothing can be said of it.
    """
    leftovers: list[Leftover] = []
    file_count = table_count = 0
    for path in _files(roots):
        file_count += 1
        try:
            found, tables = _search(path, traces)
        except OSError as error:
            raise CannotRun(f"{path} could not be searched: {error}") from error
        leftovers += found
        table_count += tables
    return Scan(file_count, table_count, tuple(leftovers))


def _files(roots: Iterable[Path]) -> Iterator[Path]:
    seen = set()
    for root in roots:
        paths = [root] if root.is_file() else sorted(root.rglob("*")) if root.is_dir() else []
        for path in paths:
            if path.is_file() and not path.is_symlink() and path.resolve() not in seen:
                seen.add(path.resolve())
                yield path


def _search(path: Path, traces: Traces) -> tuple[list[Leftover], int]:
    """The leftovers of a file, and how many tables were searched in it."""
    content = path.read_bytes()
    if content[8:12] == b"DUCK":
        return _search_database(path, content, traces)
    if content[:4] == b"PAR1":
        return _search_parquet(path, traces)
    text = _text(content)
    lowered = text.lower()
    # Most files name nobody who is looked for: their lines need not be gone through.
    if not any(part.lower() in lowered for part in (*traces.texts, *traces.plain_ids)):
        return [], 0
    count = sum(traces.mentioned_in(line) for line in text.splitlines())
    if path.suffix.lower() == ".csv" and traces.plain_ids:
        count += _keys_in_csv(text, traces)
    return ([Leftover(str(path), count)] if count else []), 0


def _text(content: bytes) -> str:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _keys_in_csv(text: str, traces: Traces) -> int:
    """Rows of a CSV file with a key that is too common to be looked for in free text."""
    header = text.partition("\n")[0]
    rows = csv.reader(text.splitlines(keepends=True), delimiter=max(_DELIMITERS, key=header.count))
    names = [name.strip().lower() for name in next(rows, [])]
    places = [place for place, name in enumerate(names) if name in PERSON_COLUMNS]
    return sum(
        any(place < len(row) and row[place].strip() in traces.plain_ids for place in places)
        for row in rows
    )


def _search_database(path: Path, content: bytes, traces: Traces) -> tuple[list[Leftover], int]:
    import duckdb

    leftovers = []
    with connect_nowhere() as connection:
        try:
            attach(connection, path, _SCANNED)
        except duckdb.Error as error:
            raise CannotRun(f"{path} could not be searched: {error}") from error
        tables = [table for table in relations(connection, _SCANNED) if not table.is_view]
        for table in tables:
            relation = f"{_SCANNED}.{table.sql}"
            if count := _matching_rows(connection, relation, traces):
                leftovers.append(Leftover(f"{path}, table {table.full_name}", count))
    # Pages that no table uses any more still hold what was deleted from them.
    lowered = content.lower()
    if any(text.lower().encode() in lowered for text in traces.cells if len(text) > 6):  # noqa: PLR2004
        leftovers.append(Leftover(f"{path}, its bytes", 1))
    return leftovers, len(tables)


def _search_parquet(path: Path, traces: Traces) -> tuple[list[Leftover], int]:
    with connect_nowhere() as connection:
        count = _matching_rows(connection, f"read_parquet({literal(path)})", traces)
    return ([Leftover(str(path), count)] if count else []), 1


def _matching_rows(connection: duckdb.DuckDBPyConnection, relation: str, traces: Traces) -> int:
    """Rows whose whole text names the person, or that have the key in a column for it."""
    columns = {
        row[0].lower(): row[0]
        for row in connection.execute(f"describe select * from {relation}").fetchall()
    }
    parts = []
    if traces.pattern:
        parts.append(f"regexp_matches(cast(searched as varchar), {literal(traces.pattern)})")
    keys = ", ".join(literal(key) for key in sorted(traces.ids))
    parts += [
        f"trim(cast(searched.{quoted(columns[name])} as varchar)) in ({keys})"
        for name in sorted(PERSON_COLUMNS & columns.keys())
    ]
    if {"first_name", "last_name"} <= columns.keys():
        parts += [
            f"lower(trim(searched.{quoted(columns['first_name'])})) = {literal(first.lower())}"
            f" and lower(trim(searched.{quoted(columns['last_name'])})) = {literal(last.lower())}"
            for first, last in sorted(traces.names)
        ]
    condition = " or ".join(f"coalesce({part}, false)" for part in parts)
    found = scalar(connection, f"select count(*) from {relation} as searched where {condition}")
    return int(str(found))
