"""Raw files as tables of text, one per table of the contract, for engines that read tables.

Beside the columns of the contract that some file has, a table has those that the landing of such
engines knows: `_delivery`, `_modified_at`, `_raw` and `_is_no_row`. With them the rows come to the
same versions, rejections and counts as they do from the files. CSV files are read as the contract
says: commas, double quotes, UTF-8.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from scoring.contract import Contract, Table

OWN_COLUMNS = ("_delivery", "_modified_at", "_raw", "_is_no_row")
_FORMATS = frozenset({".csv", ".jsonl", ".parquet"})
_LINES = (
    "auto_detect = false, header = false, columns = {'line': 'VARCHAR'}, delim = chr(31), "
    "quote = '', escape = '', strict_mode = false, encoding = 'utf-8'"
)
_CSV = "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"'"
_KEPT = "store_rejects = true, rejects_table = 'unreadable', rejects_scan = 'unreadable_scans'"
_NO_ROW = frozenset({"MISSING COLUMNS", "TOO MANY COLUMNS"})


@dataclass(frozen=True)
class Delivered:
    """A table of the contract as it was delivered.

    Attributes:
        table: the table.
        columns: columns of the contract that some file has, in contract order.
        relation: table of the connection with those columns, all text, then `OWN_COLUMNS`.
    """

    table: Table
    columns: tuple[str, ...]
    relation: str


@dataclass(frozen=True)
class _File:
    """A raw file: its columns by their names in lower case, and the query that gives its rows."""

    columns: dict[str, str]
    query: str


def read_delivered(
    connection: duckdb.DuckDBPyConnection, raw: Path, contract: Contract
) -> list[Delivered]:
    """Read the tables of a raw location that were delivered into tables of a connection.

    Args:
        connection: an in-memory database.
        raw: folder of raw files.
        contract: the raw contract.

    Raises:
        CannotRun: the location is no folder, or a file cannot be read or lacks a required column.
    """
    if not raw.is_dir():
        raise CannotRun(f"{raw} is no folder of raw files")
    connection.execute("set TimeZone = 'UTC'")
    found = []
    for table in contract.tables:
        paths = _paths(raw, table)
        if paths:
            found.append(_read_table(connection, raw, table, paths))
    return found


def _paths(raw: Path, table: Table) -> list[Path]:
    folder = raw / table.source
    candidates = [
        *(folder.glob(f"{table.name}.*")),
        *((folder / table.name).rglob("*")),
    ]
    return sorted(path for path in candidates if path.is_file() and path.suffix in _FORMATS)


def _read_table(
    connection: duckdb.DuckDBPyConnection, raw: Path, table: Table, paths: list[Path]
) -> Delivered:
    names = [column.name for column in table.columns]
    relation = f'"{table.source}__{table.name}"'
    typed = ", ".join(f'"{name}" varchar' for name in names)
    connection.execute(
        f"create or replace temp table {relation} ({typed}, _delivery varchar, "
        "_modified_at timestamptz, _raw varchar, _is_no_row boolean)"
    )
    delivered: set[str] = set()
    for path in paths:
        delivery = path.relative_to(raw).as_posix()
        file = _describe(connection, path, delivery, table)
        missing = [c.name for c in table.columns if c.required and c.name not in file.columns]
        if missing:
            raise CannotRun(f"{delivery} lacks the required columns {', '.join(missing)}")
        cells = ", ".join(
            f"cast({_quoted(file.columns[name])} as varchar)" if name in file.columns else "null"
            for name in names
        )
        own = f"{_text(delivery)}, modified.last_modified"
        modified = f"(select last_modified from read_blob({_text(str(path))})) as modified"
        connection.execute(
            f"insert into {relation} select {cells}, {own}, _raw, _is_no_row "
            f"from ({file.query}) cross join {modified}"
        )
        if path.suffix != ".parquet":
            _insert_unreadable(connection, relation, delivery, own, modified)
        delivered.update(file.columns)
    return Delivered(table, tuple(name for name in names if name in delivered), relation)


def _describe(
    connection: duckdb.DuckDBPyConnection, path: Path, delivery: str, table: Table
) -> _File:
    place = _text(str(path))
    folders = [part.split("=", 1) for part in delivery.split("/")[:-1] if "=" in part]
    constants = "".join(f", {_text(value)} as {_quoted(name)}" for name, value in folders)
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            own = next(csv.reader(stream), [])
        typed = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in own)
        reader = (
            f"read_csv({place}, {_CSV}, columns = {{{typed}}}, hive_partitioning = false, {_KEPT})"
        )
    elif path.suffix == ".parquet":
        reader = f"read_parquet({place}, hive_partitioning = false)"
        own = [r[0] for r in connection.execute(f"describe select * from {reader}").fetchall()]
    else:
        return _describe_json(connection, place, folders, constants, table)
    names = [*own, *(name for name, _ in folders)]
    pairs = ", ".join(f"{_text(name)}: {_quoted(name)}" for name in names)
    return _File(
        {name.lower(): name for name in names},
        f"select *, cast(to_json({{{pairs}}}) as varchar) as _raw, false as _is_no_row "
        f"from (select *{constants} from {reader})",
    )


def _describe_json(
    connection: duckdb.DuckDBPyConnection,
    place: str,
    folders: list[list[str]],
    constants: str,
    table: Table,
) -> _File:
    objects = "case when json_valid(line) and json_type(line) = 'OBJECT' then line end"
    found = connection.execute(
        f"select distinct unnest(json_keys({objects})) "
        f"from read_csv({place}, {_LINES}, ignore_errors = true)"
    ).fetchall()
    contract_names = {column.name for column in table.columns}
    own = sorted(row[0] for row in found if row[0].lower() in contract_names)
    if not own:
        # Nothing happened: an empty file says so of every column that must be there.
        own = [column.name for column in table.columns if column.required]
    keys = _text(json.dumps(dict.fromkeys(own, "VARCHAR")))
    return _File(
        {name.lower(): name for name in [*own, *(name for name, _ in folders)]},
        f"select * exclude (_keys), _keys.*{constants}, _object is null as _is_no_row, "
        "coalesce(_object, cast(to_json({'line': line}) as varchar)) as _raw "
        f"from (select *, json_transform(_object, {keys}) as _keys "
        f"from (select *, {objects} as _object from read_csv({place}, {_LINES}, {_KEPT}) "
        "where trim(line, ' ' || chr(9) || chr(13)) <> ''))",
    )


def _insert_unreadable(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    delivery: str,
    own: str,
    modified: str,
) -> None:
    """Add each line that the reader could not take apart as a row without cells."""
    lines = (
        "select min(line) as row_number, min(csv_line) as line, "
        "list(distinct cast(error_type as varchar)) as errors "
        "from unreadable group by line_byte_position"
    )
    for number, errors in connection.execute(
        f"select row_number, errors from ({lines}) order by row_number"
    ).fetchall():
        if not _NO_ROW.issuperset(errors):
            raise CannotRun(f"{delivery}, line {number} cannot be read: {', '.join(errors)}")
    connection.execute(
        f"insert into {relation} by position select * from (select {_nulls(connection, relation)}, "
        f"{own}, cast(to_json({{'row_number': row_number, 'line': line}}) as varchar), true "
        f"from ({lines}) cross join {modified})"
    )
    connection.execute("drop table unreadable")
    connection.execute("drop table unreadable_scans")


def _nulls(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    count = len(connection.execute(f"describe {relation}").fetchall()) - len(OWN_COLUMNS)
    return ", ".join(["null"] * count)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
