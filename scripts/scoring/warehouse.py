"""Opening DuckDB files and naming what is in them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

MEMORY_VARIABLE = "SCORING_MEMORY_LIMIT"
DEFAULT_MEMORY = "8GB"
# The first version of DuckDB that reads a new file: of a warehouse, as in profiles.yml, and of what
# is served, which BI tools with an older one open.
WAREHOUSE_STORAGE = "v1.4.0"
SERVED_STORAGE = "v1.0.0"


@dataclass(frozen=True, order=True)
class Relation:
    """A table or view: schema, name, and whether it is a view."""

    schema: str
    name: str
    is_view: bool = False

    @property
    def sql(self) -> str:
        """Its quoted name within its database."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    @property
    def full_name(self) -> str:
        """Schema and name as people write it."""
        return f"{self.schema}.{self.name}"


def connect(
    path: Path, *, read_only: bool = False, storage: str = WAREHOUSE_STORAGE
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file in UTC and with the project's memory limit.

    Args:
        path: the file; without `read_only` it is made where it is missing.
        read_only: whether nothing is written.
        storage: the first version of DuckDB that can read a file made here.
    """
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {}
    if not read_only:
        config["storage_compatibility_version"] = storage
    connection = duckdb.connect(path, read_only=read_only, config=config)
    limit = os.environ.get(MEMORY_VARIABLE) or DEFAULT_MEMORY
    connection.execute(f"set memory_limit = {literal(limit)}")
    connection.execute("set TimeZone = 'UTC'")
    return connection


def attach(connection: duckdb.DuckDBPyConnection, path: Path, alias: str) -> None:
    """Attach a file read-only under a name."""
    connection.execute(f"attach {literal(path)} as {quoted(alias)} (read_only)")


def relations(connection: duckdb.DuckDBPyConnection, database: str) -> tuple[Relation, ...]:
    """All tables and views of an open database, ordered by schema and name."""
    found = connection.execute(
        """
        select schema_name, table_name, false from duckdb_tables()
        where database_name = $database and not internal
        union all
        select schema_name, view_name, true from duckdb_views()
        where database_name = $database and not internal
        """,
        {"database": database},
    ).fetchall()
    return tuple(sorted(Relation(*row) for row in found))


def main_database(connection: duckdb.DuckDBPyConnection) -> str:
    """Name of the database that a connection was opened on."""
    return str(scalar(connection, "select current_database()"))


def storage_version(connection: duckdb.DuckDBPyConnection, database: str) -> str:
    """The first version of DuckDB that reads the file of an open database, for example v1.4.0."""
    tags = "select tags['storage_version'] from duckdb_databases() where database_name = "
    return str(scalar(connection, tags + literal(database))).rstrip("+")


def scalar(connection: duckdb.DuckDBPyConnection, query: str) -> object:
    """The one value of a query."""
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def quoted(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    """A value as a SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"
