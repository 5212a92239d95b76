"""Tables of two warehouses, compared exactly: as bags of rows, cell by cell."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SHOWN_ROWS = 3
# What tells one run from another.
RUN_COLUMNS = frozenset({"run_id", "scored_at"})
# What tells one place or time of a delivery from another.
DELIVERY_COLUMNS = frozenset({"_version", "version_set", "delivery_version", "modified_at"})
SCORED_SCHEMAS = ("intermediate", "features", "scores", "marts", "restricted", "monitoring")


@contextmanager
def opened(**warehouses: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """One connection with each warehouse attached, read-only, under its keyword."""
    with duckdb.connect() as connection:
        for name, path in warehouses.items():
            connection.execute(f"attach '{path}' as {name} (read_only)")
        yield connection


def fetch_dicts(connection: duckdb.DuckDBPyConnection, statement: str) -> list[dict[str, Any]]:
    """Rows of a query, each by the names of its columns."""
    connection.execute(statement)
    names = [item[0] for item in connection.description or ()]
    return [dict(zip(names, row, strict=True)) for row in connection.fetchall()]


def table_names(connection: duckdb.DuckDBPyConnection, database: str, schema: str) -> list[str]:
    """Tables and views of a schema."""
    rows = connection.execute(
        "select table_name from information_schema.tables "
        "where table_catalog = ? and table_schema = ? order by table_name",
        [database, schema],
    ).fetchall()
    return [row[0] for row in rows]


def column_names(connection: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    """Columns of a relation or of a query in brackets."""
    return [row[0] for row in connection.execute(f"describe select * from {relation}").fetchall()]


def row_differences(
    connection: duckdb.DuckDBPyConnection,
    left: str,
    right: str,
    without: Iterable[str] = (),
) -> list[str]:
    """How two relations differ, in words; nothing where they hold the same rows as often.

    Args:
        connection: where both can be read.
        left: relation, or query in brackets.
        right: relation, or query in brackets.
        without: columns that may differ.
    """
    left_columns = column_names(connection, left)
    right_columns = column_names(connection, right)
    if left_columns != right_columns:
        return [f"columns of {left}: {left_columns}, of {right}: {right_columns}"]
    dropped = set(without)
    columns = [name for name in left_columns if name not in dropped]
    sides = ((left, right), (right, left))
    missing = [_missing(connection, here, there, columns) for here, there in sides]
    shown = columns
    if all(missing):
        # Rows that are there in another form: what names them, and the cells that differ.
        differing = _differing(connection, left, right, columns)
        shown = [name for name in columns if name in {*columns[:3], *differing}]
    return [
        f"{len(rows)} rows of {here} are not in {there}, for example "
        f"{[{name: row[columns.index(name)] for name in shown} for row in rows[:SHOWN_ROWS]]}"
        for (here, there), rows in zip(sides, missing, strict=True)
        if rows
    ]


def _missing(
    connection: duckdb.DuckDBPyConnection, here: str, there: str, columns: list[str]
) -> list[tuple[Any, ...]]:
    names = ", ".join(f'"{name}"' for name in columns)
    return connection.execute(
        f"select {names} from {here} except all select {names} from {there} order by all"
    ).fetchall()


def _differing(
    connection: duckdb.DuckDBPyConnection, left: str, right: str, columns: list[str]
) -> list[str]:
    """Columns whose bags of values differ, each on its own."""
    differing = []
    for name in columns:
        found = connection.execute(
            f'select 1 from (select "{name}" from {left} except all select "{name}" from {right})'
        ).fetchone()
        if found:
            differing.append(name)
    return differing


def warehouse_differences(
    left: Path,
    right: Path,
    schemas: Iterable[str] = SCORED_SCHEMAS,
    without: Iterable[str] = RUN_COLUMNS,
) -> dict[str, list[str]]:
    """Tables that differ between two warehouses, with how they do."""
    dropped = frozenset(without)
    differences: dict[str, list[str]] = {}
    with opened(left_side=left, right_side=right) as connection:
        for schema in schemas:
            names = table_names(connection, "left_side", schema)
            others = table_names(connection, "right_side", schema)
            assert names, f"{left} has no table in the schema {schema}"
            if names != others:
                differences[schema] = [f"tables: {names} and {others}"]
                continue
            for name in names:
                found = row_differences(
                    connection,
                    f"left_side.{schema}.{name}",
                    f"right_side.{schema}.{name}",
                    dropped,
                )
                if found:
                    differences[f"{schema}.{name}"] = found
    return differences
