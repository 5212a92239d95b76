"""Raw files, read as text and written anew with some of their rows or cells changed."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scoring.contract import Column, Contract, Table

_FORMATS = {".csv": "csv", ".jsonl": "json", ".parquet": "parquet"}
_CSV = "delim = ',', quote = '\"', escape = '\"', header = true"


@dataclass(frozen=True)
class RawFile:
    """A raw file.

    Attributes:
        path: path below the raw location.
        table: its table in the contract.
        file_format: csv, json or parquet.
        types: type in DuckDB of each column that the file itself has; text but in Parquet.
        reader: relation that reads it.
    """

    path: Path
    table: Table
    file_format: str
    types: dict[str, str]
    reader: str

    def text(self, column: str) -> str:
        """A cell as text, null where it is empty."""
        return f"nullif(trim(cast(\"{column}\" as varchar)), '')"

    def utc(self, column: str) -> str:
        """A cell as a UTC timestamp, null where it is none."""
        if self.types[column] != "VARCHAR":
            return f'cast("{column}" as timestamp)'
        return f"(try_cast({self.text(column)} as timestamptz) at time zone 'UTC')"

    @property
    def is_readable(self) -> str:
        """Condition that is true for a row that keeps the contract by itself."""
        columns = [column for column in self.table.columns if column.name in self.types]
        conditions = [condition for column in columns for condition in self._conditions(column)]
        return f"({' and '.join(conditions) or 'true'})"

    def _conditions(self, column: Column) -> Iterator[str]:
        cell = self.text(column.name)
        if column.required and not column.nullable:
            yield f'"{column.name}" is not null and {cell} is not null'
        if self.types[column.name] != "VARCHAR":
            # Parquet's types leave nothing to misread.
            return
        if column.data_type in {"timestamp", "date"}:
            earliest = column.minimum or "1990-01-01"
            yield (
                f"({cell} is null or coalesce({self.utc(column.name)} "
                f"between timestamp '{earliest}' and timestamp '2090-01-01', false))"
            )
        elif column.data_type in {"decimal", "integer"}:
            low, high = column.minimum or "-1e13", column.maximum or "1e13"
            whole = f" and try_cast({cell} as decimal(38, 6)) = try_cast({cell} as bigint)"
            yield (
                f"({cell} is null or coalesce(try_cast({cell} as decimal(18, 4)) between {low} "
                f"and {high}{whole if column.data_type == 'integer' else ''}, false))"
            )
        elif column.data_type == "boolean":
            yield f"({cell} is null or try_cast({cell} as boolean) is not null)"


def connect() -> duckdb.DuckDBPyConnection:
    """A connection that counts time as the warehouse does."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    return connection


def raw_files(folder: Path, contract: Contract) -> list[RawFile]:
    """Files of the contract's tables below a raw location, in the order of their paths."""
    tables = {(table.source, table.name): table for table in contract.tables}
    found = []
    with connect() as connection:
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if not path.is_file() or path.suffix not in _FORMATS or len(relative.parts) < 2:
                continue
            table = tables.get((relative.parts[0], relative.parts[1].split(".")[0]))
            if table is not None:
                found.append(_describe(connection, path, relative, table))
    return found


def files_by_table(files: list[RawFile]) -> dict[str, list[RawFile]]:
    """The files of each table, by its full name."""
    grouped: dict[str, list[RawFile]] = {}
    for file in files:
        grouped.setdefault(file.table.full_name, []).append(file)
    return grouped


def rewrite(
    files: list[RawFile],
    target: Path,
    change: Callable[[RawFile], str],
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Write each file anew below another raw location.

    Args:
        files: what to write.
        target: the new raw location.
        change: the query that gives the rows of a file, with its columns.
        connection: where the query can be run.
    """
    for file in files:
        query = change(file)
        path = target / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        file_format = file.file_format
        counted = connection.execute(f"select count(*) from ({query})").fetchone()
        if file_format == "json" and counted == (0,):
            # An empty file of JSON lines would not name its columns.
            file_format, path = "csv", path.with_suffix(".csv")
        options = ", header true" if file_format == "csv" else ""
        connection.execute(f"copy ({query}) to '{path}' (format {file_format}{options})")


def _describe(
    connection: duckdb.DuckDBPyConnection, path: Path, relative: Path, table: Table
) -> RawFile:
    place = str(path).replace("'", "''")
    file_format = _FORMATS[path.suffix]
    if file_format == "csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header = next(csv.reader(stream))
        typed = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
        options = f"{_CSV}, auto_detect = false, columns = {{{typed}}}, hive_partitioning = false"
        reader = f"read_csv('{place}', {options})"
    elif file_format == "parquet":
        reader = f"read_parquet('{place}', hive_partitioning = false)"
    else:
        found = connection.execute(
            f"describe select * from read_json('{place}', format = 'newline_delimited', "
            "maximum_depth = 1, sample_size = -1, hive_partitioning = false)"
        ).fetchall()
        typed = ", ".join(f"'{row[0]}': 'VARCHAR'" for row in found)
        reader = (
            f"read_json('{place}', format = 'newline_delimited', columns = {{{typed}}}, "
            "hive_partitioning = false)"
        )
    columns = connection.execute(f"describe select * from {reader}").fetchall()
    return RawFile(relative, table, file_format, {row[0]: row[1] for row in columns}, reader)
