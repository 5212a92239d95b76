from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import duckdb

from scoring.record import RunRecord, close_interrupted, write_record

STARTED = datetime(2025, 6, 30, 12)  # noqa: DTZ001 - records keep UTC without a zone


def _rows(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return connection.execute(
        "select run_id, status, exit_code, message from monitoring.pipeline_runs order by run_id"
    ).fetchall()


def test_a_run_has_one_row_however_often_it_is_written() -> None:
    with duckdb.connect() as connection:
        running = RunRecord("a", STARTED)
        write_record(connection, running)
        write_record(connection, RunRecord("b", STARTED))
        write_record(connection, replace(running, status="failed", exit_code=1, message="why"))
        assert _rows(connection) == [("a", "failed", 1, "why"), ("b", "running", None, None)]


def test_a_run_that_never_ended_is_marked() -> None:
    with duckdb.connect() as connection:
        write_record(connection, RunRecord("a", STARTED))
        write_record(connection, RunRecord("b", STARTED, status="published", exit_code=0))
        close_interrupted(connection, STARTED)
        assert [row[:2] for row in _rows(connection)] == [
            ("a", "interrupted"),
            ("b", "published"),
        ]


def test_a_record_of_an_older_version_gets_the_new_column() -> None:
    with duckdb.connect() as connection:
        write_record(connection, RunRecord("a", STARTED))
        connection.execute("alter table monitoring.pipeline_runs drop column step_seconds")
        write_record(connection, RunRecord("b", STARTED, step_seconds='{"publish": 1.5}'))
        assert connection.execute(
            "select run_id, step_seconds from monitoring.pipeline_runs order by run_id"
        ).fetchall() == [("a", None), ("b", '{"publish": 1.5}')]
