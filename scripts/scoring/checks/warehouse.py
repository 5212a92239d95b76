"""Reading of a warehouse for the checks: small frames, never a lock kept."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pandas import DataFrame


@dataclass(frozen=True)
class Warehouse:
    """A DuckDB file that is open for reading."""

    path: Path
    connection: duckdb.DuckDBPyConnection

    def frame(self, sql: str) -> DataFrame:
        """The rows of a query as a frame.

        Raises:
            CannotRun: the query fails, most often for a table or column that is not there.
        """
        try:
            return self.connection.sql(sql).df()
        except duckdb.Error as error:
            raise CannotRun(f"the checks cannot read {self.path}: {error}") from error

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query as dictionaries by column name.

        Raises:
            CannotRun: the query fails, most often for a table or column that is not there.
        """
        try:
            relation = self.connection.sql(sql)
            return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
        except duckdb.Error as error:
            raise CannotRun(f"the checks cannot read {self.path}: {error}") from error

    def columns(self, schema: str, table: str) -> tuple[str, ...]:
        """The columns of a table in their order; none where there is no such table."""
        rows = self.connection.execute(
            "select column_name from information_schema.columns"
            " where table_schema = ? and table_name = ? order by ordinal_position",
            [schema, table],
        ).fetchall()
        return tuple(str(row[0]) for row in rows)

    def require(self, schema: str, *tables: str) -> None:
        """Refuse to go on without these tables.

        Raises:
            CannotRun: one is missing.
        """
        missing = [f"{schema}.{table}" for table in tables if not self.columns(schema, table)]
        if missing:
            raise CannotRun(
                f"{self.path} has no {', '.join(missing)}: build the warehouse before checking it"
            )


@contextmanager
def open_warehouse(path: Path) -> Iterator[Warehouse]:
    """Open a warehouse for reading and close it again.

    Raises:
        CannotRun: there is none, or it cannot be opened.
    """
    if not path.is_file():
        raise CannotRun(f"there is no warehouse at {path}: build it first with `scoring run`")
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise CannotRun(f"{path} cannot be opened for the checks: {error}") from error
    try:
        yield Warehouse(path, connection)
    finally:
        connection.close()


def quoted(name: str) -> str:
    """A column's name as it stands in SQL."""
    return '"' + name.replace('"', '""') + '"'
