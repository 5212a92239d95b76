"""Every run is a row of `monitoring.pipeline_runs`, failed ones too."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    import duckdb

TABLE = "monitoring.pipeline_runs"
RUNNING = "running"
PUBLISHED = "published"
FAILED = "failed"
INTERRUPTED = "interrupted"

_CREATE = f"""
    create schema if not exists monitoring;
    create table if not exists {TABLE} (
        run_id varchar not null,
        started_at timestamp not null,
        finished_at timestamp,
        as_of_date date,
        status varchar not null,
        exit_code integer,
        people_count bigint,
        rejected_row_count bigint,
        message varchar,
        step_seconds varchar
    );
    alter table {TABLE} add column if not exists step_seconds varchar;
"""


@dataclass(frozen=True)
class RunRecord:
    """One run, as recorded; times are UTC without a zone.

    Attributes:
        run_id: name of the run.
        started_at: when it took the lock.
        finished_at: when it ended; None while it runs.
        as_of_date: date that was scored, once known.
        status: running, published, failed or interrupted.
        exit_code: 0 ok, 1 checks failed, 2 could not run; None while it runs.
        people_count: people in the scored table.
        rejected_row_count: raw rows rejected.
        message: first line of what went wrong.
        step_seconds: seconds by step, and by layer of what dbt built, as JSON.
    """

    run_id: str
    started_at: datetime
    finished_at: datetime | None = None
    as_of_date: date | None = None
    status: str = RUNNING
    exit_code: int | None = None
    people_count: int | None = None
    rejected_row_count: int | None = None
    message: str | None = None
    step_seconds: str | None = None


def write_record(connection: duckdb.DuckDBPyConnection, record: RunRecord) -> None:
    """Insert the run, or replace the row of that run; the table is made if missing."""
    connection.execute(_CREATE)
    names = ", ".join(field.name for field in fields(record))
    marks = ", ".join("?" for _ in fields(record))
    connection.execute("begin")
    connection.execute(f"delete from {TABLE} where run_id = ?", [record.run_id])
    connection.execute(f"insert into {TABLE} ({names}) values ({marks})", list(astuple(record)))
    connection.execute("commit")


def close_interrupted(connection: duckdb.DuckDBPyConnection, now: datetime) -> None:
    """Mark runs that never ended; call it with the lock held, when none can be running."""
    connection.execute(_CREATE)
    connection.execute(
        f"update {TABLE} set status = ?, finished_at = ?, message = ? where status = ?",
        [INTERRUPTED, now, "the run ended without a word: it was killed", RUNNING],
    )
