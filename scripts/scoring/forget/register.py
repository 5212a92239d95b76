"""The register of forgotten people: salted digests of their keys, so that nobody comes back.

It is a table of the warehouse, goes into the restricted file of every published copy, and is
restored from there. Landing refuses what it lists, cells and all.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from scoring.warehouse import attach, connect, main_database, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    import duckdb

REGISTER = "restricted.forgotten_people"

_CREATE = f"""
    create schema if not exists restricted;
    create table if not exists {REGISTER} (
        salt varchar not null,
        id_digest varchar not null,
        forgotten_at timestamp not null
    );
"""


def digest(salt: str, customer_id: str) -> str:
    """What stands in the register for a key: the same expression as in the macro of landing."""
    return hashlib.sha256(f"{salt}{customer_id}".encode()).hexdigest()


def enter(
    connection: duckdb.DuckDBPyConnection, customer_ids: Iterable[str], now: datetime
) -> None:
    """Enter keys that the register does not have; one salt for all, drawn once."""
    connection.execute(_CREATE)
    found = connection.execute(f"select max(salt) from {REGISTER}").fetchone()
    salt = found[0] if found and found[0] else secrets.token_hex(16)
    known = {row[0] for row in connection.execute(f"select id_digest from {REGISTER}").fetchall()}
    for customer_id in sorted(customer_ids):
        entry = digest(salt, customer_id)
        if entry not in known:
            connection.execute(f"insert into {REGISTER} values (?, ?, ?)", [salt, entry, now])


def copy_to(path: Path, warehouse_path: Path) -> None:
    """Give a published restricted file the register of the warehouse: it is restored from there."""
    with connect(path) as connection:
        attach(connection, warehouse_path, "warehouse")
        # Named in full: the file and the schema have one name.
        here = quoted(main_database(connection))
        connection.execute(f"create schema if not exists {here}.restricted")
        connection.execute(
            f"create or replace table {here}.{REGISTER} as select * from warehouse.{REGISTER}"
        )


def is_entered(connection: duckdb.DuckDBPyConnection, customer_id: str) -> bool:
    """Whether a key was forgotten before."""
    schema, name = REGISTER.split(".")
    if not connection.execute(
        "select 1 from duckdb_tables() where schema_name = ? and table_name = ?", [schema, name]
    ).fetchall():
        return False
    rows = connection.execute(f"select salt, id_digest from {REGISTER}").fetchall()
    return any(digest(salt, customer_id) == entry for salt, entry in rows)
