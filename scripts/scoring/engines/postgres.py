"""Raw files into a PostgreSQL server, for the models that are built there.

`python -m scoring.engines.postgres [RAW]` loads a raw location (by default that of SCORING_RAW)
into the database that the profile's target `postgres` names.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.contract import read_contract
from scoring.engines.delivered import OWN_COLUMNS, Delivered, read_delivered
from scoring.errors import CannotRun, ScoringError
from scoring.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    from psycopg2.extensions import connection as PostgresConnection  # noqa: N812
    from psycopg2.extensions import cursor as Cursor  # noqa: N812

    from scoring.contract import Contract

_PREFIX = "SCORING_POSTGRES_"
_PASSWORD = "DBT_ENV_SECRET_SCORING_POSTGRES_PASSWORD"


@dataclass(frozen=True)
class Server:
    """Where a PostgreSQL database is."""

    host: str = "localhost"
    port: int = 5432
    user: str = "scoring"
    database: str = "scoring"
    password: str = ""

    def environment(self) -> dict[str, str]:
        """The variables by which the profile finds it."""
        return {
            f"{_PREFIX}HOST": self.host,
            f"{_PREFIX}PORT": str(self.port),
            f"{_PREFIX}USER": self.user,
            f"{_PREFIX}DATABASE": self.database,
            _PASSWORD: self.password,
        }

    def connect(self) -> PostgresConnection:
        """A connection.

        Raises:
            CannotRun: there is no such server or database, or it does not let us in.
        """
        import psycopg2

        try:
            return psycopg2.connect(
                host=self.host,
                port=self.port,
                user=self.user,
                dbname=self.database,
                password=self.password or None,
            )
        except psycopg2.OperationalError as error:
            raise CannotRun(f"PostgreSQL: {error}") from error


def read_server(environ: Mapping[str, str] | None = None) -> Server:
    """The server of the profile's target `postgres`."""
    variables = os.environ if environ is None else environ
    default = Server()
    return Server(
        host=variables.get(f"{_PREFIX}HOST", default.host),
        port=int(variables.get(f"{_PREFIX}PORT", default.port)),
        user=variables.get(f"{_PREFIX}USER", default.user),
        database=variables.get(f"{_PREFIX}DATABASE", default.database),
        password=variables.get(_PASSWORD, default.password),
    )


def load(raw: Path, contract: Contract, server: Server) -> None:
    """Replace the raw tables of a server by what lies at a raw location, in one transaction.

    Args:
        raw: folder of raw files.
        contract: the raw contract.
        server: where to.

    Raises:
        CannotRun: the files cannot be read or the server cannot be reached.
    """
    import duckdb

    with duckdb.connect() as files, tempfile.TemporaryDirectory() as scratch:
        delivered = {d.table.full_name: d for d in read_delivered(files, raw, contract)}
        connection = server.connect()
        try:
            with connection, connection.cursor() as cursor:
                for table in contract.tables:
                    cursor.execute(f'create schema if not exists "{table.schema}"')
                    cursor.execute(f'drop table if exists "{table.schema}"."{table.name}"')
                    if table.full_name in delivered:
                        _copy(files, cursor, delivered[table.full_name], Path(scratch))
        finally:
            connection.close()


def _copy(
    files: duckdb.DuckDBPyConnection, cursor: Cursor, delivered: Delivered, scratch: Path
) -> None:
    table = f'"{delivered.table.schema}"."{delivered.table.name}"'
    typed = ", ".join(f'"{name}" text' for name in delivered.columns)
    own = "_delivery text, _modified_at timestamptz, _raw text, _is_no_row boolean"
    names = ", ".join(f'"{name}"' for name in (*delivered.columns, *OWN_COLUMNS))
    cursor.execute(f"create table {table} ({typed}, {own})")
    path = scratch / f"{delivered.table.full_name}.csv"
    files.execute(
        f"copy (select {names} from {delivered.relation}) to '{path}' (format csv, header false)"
    )
    with path.open(encoding="utf-8", newline="") as stream:
        cursor.copy_expert(
            f"copy {table} ({names}) from stdin (format csv, encoding 'utf8')", stream
        )
    path.unlink()


def main() -> int:
    """Load the raw location and return the exit code."""
    settings = read_settings()
    raw = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else settings.raw_location
    try:
        load(raw, read_contract(settings.project_dir), read_server())
    except ScoringError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
