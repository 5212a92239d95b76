"""Bring back from the last good copy what cannot be rebuilt from raw data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.publish import CURRENT, RESTRICTED_FILE
from scoring.warehouse import Relation, attach, connect, main_database, quoted, relations

if TYPE_CHECKING:
    from pathlib import Path

HISTORY_SCHEMA = "snapshots"
HISTORY_TABLES = frozenset(
    {
        *(("marts", "score_history"), ("monitoring", "pipeline_runs")),
        ("restricted", "forgotten_people"),
    }
)
_COPY = "published_copy"


def is_history(relation: Relation) -> bool:
    """Whether a relation holds what no rebuild from raw data can give."""
    return not relation.is_view and (
        relation.schema == HISTORY_SCHEMA or (relation.schema, relation.name) in HISTORY_TABLES
    )


def restore_history(warehouse_path: Path, published_dir: Path) -> tuple[str, ...]:
    """Copy back the histories that the warehouse lacks: snapshots, scores and runs.

    A table that the warehouse has is left alone.

    Args:
        warehouse_path: the build file, made if missing; the caller holds its lock.
        published_dir: where `current` is.

    Returns:
        Names of the tables copied.

    Raises:
        CannotRun: the warehouse or the published copy cannot be opened.
    """
    import duckdb

    source = published_dir / CURRENT / RESTRICTED_FILE
    if not source.is_file():
        return ()
    warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with connect(warehouse_path) as connection:
            attach(connection, source, _COPY)
            here = set(relations(connection, main_database(connection)))
            missing = [r for r in relations(connection, _COPY) if is_history(r) and r not in here]
            connection.execute("begin")
            for relation in missing:
                connection.execute(f"create schema if not exists {quoted(relation.schema)}")
                connection.execute(
                    f"create table {relation.sql} as select * from {_COPY}.{relation.sql}"
                )
            connection.execute("commit")
    except duckdb.Error as error:
        raise CannotRun(
            f"history could not be restored from {source} into {warehouse_path}: {error}"
        ) from error
    return tuple(relation.full_name for relation in missing)
