"""The same tables on two engines, compared cell by cell."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

from tests.support.postgres import fetch_rows
from tests.support.tables import RUN_COLUMNS, SCORED_SCHEMAS, table_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scoring.engines.postgres import Server

# Doubles that were computed in another order.
RELATIVE_TOLERANCE = 1e-9
SHOWN_CELLS = 3
SCHEMAS = ("staging", *SCORED_SCHEMAS)
# What an engine has in its own form: where and how it reads deliveries, and digests.
_READING = {"location", "format", "size_bytes", "columns_json", "file_columns_json"}
NO_ROW = "not_a_row"
_DIGESTS = {"_version", "version_set", "delivery_version"}
ENGINE_COLUMNS = RUN_COLUMNS | _READING | _DIGESTS


class Tables(Protocol):
    """The tables of an engine."""

    def names(self, schema: str) -> list[str]:
        """Names of the tables and views of a schema, in order."""

    def rows(self, schema: str, name: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Names of the columns and the rows of a table."""


@dataclass(frozen=True)
class PostgresTables:
    """Tables of a PostgreSQL server."""

    server: Server

    def names(self, schema: str) -> list[str]:
        """Names of the tables and views of a schema, in order."""
        rows = fetch_rows(
            self.server,
            "select table_name from information_schema.tables "
            f"where table_schema = '{schema}' order by table_name",
        )[1]
        return [row[0] for row in rows]

    def rows(self, schema: str, name: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Names of the columns and the rows of a table."""
        return fetch_rows(self.server, f'select * from "{schema}"."{name}"')


def engine_differences(
    warehouse: Path, other: Tables, schemas: Sequence[str] = SCHEMAS
) -> dict[str, list[str]]:
    """Tables of a DuckDB warehouse that differ from those of another engine, with how they do.

    Rows are matched by their sorted cells: the order of rows and columns means nothing.
    """
    differences: dict[str, list[str]] = {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        database = warehouse.stem
        for schema in schemas:
            names = table_names(connection, database, schema)
            assert names, f"{warehouse} has no table in the schema {schema}"
            others = other.names(schema)
            if names != others:
                differences[schema] = [f"tables: {names} and {others}"]
                continue
            for name in names:
                found = _differing_cells(
                    relation_rows(connection, f'"{schema}"."{name}"'), other.rows(schema, name)
                )
                if found:
                    differences[f"{schema}.{name}"] = found
    return differences


def relation_rows(
    connection: duckdb.DuckDBPyConnection, relation: str
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Names of the columns and the rows of a relation; dates and times as text, of any year."""
    described = connection.execute(f"describe select * from {relation}").fetchall()
    cells = []
    for name, kind, *_ in described:
        if kind == "TIMESTAMP WITH TIME ZONE":
            cells.append(f"cast(\"{name}\" at time zone 'UTC' as varchar)")
        elif kind.startswith(("DATE", "TIME")):
            cells.append(f'cast("{name}" as varchar)')
        else:
            cells.append(f'"{name}"')
    rows = connection.execute(f"select {', '.join(cells)} from {relation}").fetchall()
    return [row[0] for row in described], rows


def _differing_cells(
    left: tuple[list[str], list[tuple[Any, ...]]], right: tuple[list[str], list[tuple[Any, ...]]]
) -> list[str]:
    if set(left[0]) != set(right[0]):
        return [f"columns {sorted(left[0])} and {sorted(right[0])}"]
    if len(left[1]) != len(right[1]):
        return [f"{len(left[1])} rows and {len(right[1])} rows"]
    columns = sorted(set(left[0]) - ENGINE_COLUMNS)
    here, there = _comparable_rows(left, columns), _comparable_rows(right, columns)
    if Counter(here) == Counter(there):
        return []
    found: list[str] = []
    differing: dict[str, int] = {}
    for row, its_twin in zip(_ordered(here), _ordered(there), strict=True):
        for name, one, other in zip(columns, row, its_twin, strict=True):
            if not _equal(one, other):
                differing[name] = differing.get(name, 0) + 1
                if len(found) < SHOWN_CELLS:
                    found.append(f"{name}: {one!r} and {other!r} in {row} and {its_twin}")
    if differing:
        found.append(f"cells that differ by column, of {len(left[1])} rows: {differing}")
    return found


def _comparable_rows(
    table: tuple[list[str], list[tuple[Any, ...]]], columns: list[str]
) -> list[tuple[Any, ...]]:
    names, rows = table
    cells = [[_comparable(name, row[names.index(name)]) for row in rows] for name in columns]
    if {"_reason", "_row_hash"} <= set(columns):
        # Made from the text of the line where files are read, from no cells at all elsewhere.
        reasons, hashes = (cells[columns.index(name)] for name in ("_reason", "_row_hash"))
        hashes[:] = [
            None if reason == NO_ROW else digest
            for reason, digest in zip(reasons, hashes, strict=True)
        ]
    return list(zip(*cells, strict=True))


def _ordered(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=lambda row: [_sort_key(cell) for cell in row])


def _comparable(name: str, cell: object) -> object:
    if (name.endswith("_json") or name == "_raw") and isinstance(cell, str):
        # Engines write the same JSON with other spaces and trailing zeros.
        fields = {key: value for key, value in json.loads(cell).items() if key not in _DIGESTS}
        return json.dumps(fields, sort_keys=True, ensure_ascii=False)
    if isinstance(cell, Decimal):
        return cell.normalize() + 0
    return tuple(cell) if isinstance(cell, list) else cell


def _sort_key(cell: object) -> tuple[bool, str]:
    # A double only breaks ties between rows in its first digits.
    return (cell is not None, f"{cell:.6e}" if isinstance(cell, float) else str(cell))


def _equal(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= RELATIVE_TOLERANCE * max(abs(one), abs(other))
    return bool(one == other)
