"""DuckDB files and published Parquet files written anew without the rows of a person.

A deleted row stays in the pages of a DuckDB file: only a new file is without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.forget.register import REGISTER
from scoring.record import TABLE as RUNS_TABLE
from scoring.warehouse import (
    attach,
    connect,
    literal,
    quoted,
    relations,
    scalar,
    storage_version,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

    from scoring.contract import Contract
    from scoring.forget.traces import Traces
    from scoring.warehouse import Relation

_OLD = "before"


@dataclass(frozen=True)
class Found:
    """Rows of a person in one table of a file."""

    path: Path
    relation: str
    row_count: int


def find_in_database(path: Path, traces: Traces, contract: Contract) -> list[Found]:
    """The tables of a DuckDB file that have rows of the person, with how many.

    Raises:
        CannotRun: the file cannot be read.
    """
    with _open(path) as connection:
        return [
            Found(path, relation.full_name, count)
            for relation, condition in _conditions(connection, traces, contract)
            if (count := _count(connection, relation, condition))
        ]


def erase_from_database(
    path: Path, traces: Traces, contract: Contract, *, landed_again: bool = False
) -> None:
    """Write a DuckDB file anew without the rows of the person, and put it in place of the old.

    Args:
        path: the file; nobody else has it open.
        traces: what names the person.
        contract: the raw contract.
        landed_again: leave whole tables of landed rows out where they had the person: the next
            run lands them anew. For raw data that still deliver the person.

    Raises:
        CannotRun: the file cannot be read.
    """
    new = path.with_name(f".{path.name}.forgetting")
    new.unlink(missing_ok=True)
    with _open(path, is_ours=True) as connection:
        conditions = dict(_conditions(connection, traces, contract))
        # Views name the database: the new file has the name of the old one while it is written.
        connection.execute(
            f"attach {literal(new)} as {quoted(path.stem)}"
            f" (storage_version {literal(storage_version(connection, _OLD))})"
        )
        connection.execute(f"copy from database {_OLD} to {quoted(path.stem)} (schema)")
        for relation, condition in conditions.items():
            target = f"{quoted(path.stem)}.{relation.sql}"
            is_landed = relation.schema == "staging" and relation.name.startswith("base_")
            if landed_again and is_landed and _count(connection, relation, condition):
                connection.execute(f"drop table {target}")
                continue
            if relation.full_name == RUNS_TABLE:
                _copy_runs(connection, relation, target, traces)
                continue
            connection.execute(
                f"insert into {target} select * from {_OLD}.{relation.sql} where not ({condition})"
            )
        connection.execute(f"detach {quoted(path.stem)}")
    new.chmod(path.stat().st_mode & 0o777)
    new.replace(path)
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


def find_in_parquet(path: Path, traces: Traces, contract: Contract) -> int:
    """How many rows of a Parquet file are about the person."""
    with connect_nowhere() as connection:
        condition = _parquet_condition(connection, path, traces, contract)
        count = scalar(
            connection, f"select count(*) from read_parquet({literal(path)}) where {condition}"
        )
    return int(str(count))


def erase_from_parquet(path: Path, traces: Traces, contract: Contract) -> None:
    """Write a published Parquet file anew without the rows of the person, in their order."""
    new = path.with_name(f".{path.name}.forgetting")
    with connect_nowhere() as connection:
        condition = _parquet_condition(connection, path, traces, contract)
        connection.execute(
            f"copy (select * from read_parquet({literal(path)}) where not ({condition}))"
            f" to {literal(new)} (format parquet, compression zstd)"
        )
    new.replace(path)


def connect_nowhere() -> duckdb.DuckDBPyConnection:
    """A connection without a file, which keeps the order of rows."""
    import duckdb

    return duckdb.connect()


def _open(path: Path, *, is_ours: bool = False) -> duckdb.DuckDBPyConnection:
    import duckdb

    if not path.is_file():
        raise CannotRun(f"there is no database at {path}")
    connection = connect_nowhere()
    try:
        if is_ours and path.with_name(f"{path.name}.wal").exists():
            # What an interrupted run left beside the file belongs in it.
            with connect(path) as writer:
                writer.execute("checkpoint")
        attach(connection, path, _OLD)
    except duckdb.Error as error:
        connection.close()
        raise CannotRun(
            f"{path} cannot be read: {error}. Close whatever has it open, then forget again."
        ) from error
    return connection


def _conditions(
    connection: duckdb.DuckDBPyConnection, traces: Traces, contract: Contract
) -> Iterator[tuple[Relation, str]]:
    """Each table with the condition of the rows that go."""
    for relation in relations(connection, _OLD):
        if relation.is_view:
            continue
        if relation.full_name in {REGISTER, RUNS_TABLE}:
            # The register holds digests; a run stays, and its message is redacted.
            yield relation, "false"
            continue
        columns = connection.execute(f"describe {_OLD}.{relation.sql}").fetchall()
        yield relation, traces.condition({row[0]: row[1] for row in columns}, contract)


def _count(connection: duckdb.DuckDBPyConnection, relation: Relation, condition: str) -> int:
    return int(
        str(scalar(connection, f"select count(*) from {_OLD}.{relation.sql} where {condition}"))
    )


def _parquet_condition(
    connection: duckdb.DuckDBPyConnection, path: Path, traces: Traces, contract: Contract
) -> str:
    columns = connection.execute(f"describe select * from read_parquet({literal(path)})").fetchall()
    return traces.condition({row[0]: row[1] for row in columns}, contract)


def _copy_runs(
    connection: duckdb.DuckDBPyConnection, relation: Relation, target: str, traces: Traces
) -> None:
    """Runs stay; what their messages quote of the person does not."""
    for row in connection.execute(f"select * from {_OLD}.{relation.sql}").fetchall():
        cells = [
            traces.erased_from(cell)
            if isinstance(cell, str) and traces.mentioned_in(cell)
            else cell
            for cell in row
        ]
        connection.execute(f"insert into {target} values ({', '.join('?' * len(cells))})", cells)
