"""A run: lock, restore, check raw, build, check marts, publish, record."""

from __future__ import annotations

import json
import os
import traceback
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from scoring import record as records
from scoring.configuration import refuse_bad_configuration
from scoring.contract import Contract, read_contract
from scoring.dbt_runner import WarmDbt
from scoring.errors import CannotRun, ScoringError
from scoring.lock import hold
from scoring.publish import Publication, publish
from scoring.restore import restore_history
from scoring.run_times import IN_DBT
from scoring.warehouse import connect, scalar

if TYPE_CHECKING:
    from pathlib import Path

    from scoring.checks.report import CheckReport
    from scoring.dbt_runner import DbtResult
    from scoring.progress import Steps
    from scoring.settings import Settings


def run(settings: Settings, steps: Steps) -> Publication:
    """Score and publish; a run that fails anywhere leaves the last good copy being served.

    Args:
        settings: what to score and where.
        steps: told of every step.

    Raises:
        ScoringError: with the exit code and the message for the person who runs it.
    """
    contract = plan(settings)
    with hold(settings.lock_path, settings.run_id):
        started = records.RunRecord(settings.run_id, _now())
        restored = restore_history(settings.warehouse_path, settings.published_dir)
        _open_record(settings, started)
        try:
            publication, record = _score(settings, contract, started, steps, restored)
            _write(settings, replace(record, finished_at=_now(), step_seconds=_times(steps)))
        except ScoringError as error:
            _close_record(settings, replace(started, step_seconds=_times(steps)), error)
            raise
        except BaseException as error:
            failed = unexpected(settings, error)
            _close_record(settings, replace(started, step_seconds=_times(steps)), failed)
            raise failed from error
    return publication


def plan(settings: Settings) -> Contract:
    """Check what can be checked before anything is touched.

    Raises:
        CannotRun: a folder or file is missing, the run id has been used, or the seeds are bad.
    """
    if not (settings.project_dir / "dbt_project.yml").is_file():
        raise CannotRun(
            f"{settings.project_dir} is not the scoring project (no dbt_project.yml): "
            "set SCORING_PROJECT to its folder"
        )
    sectors = settings.project_dir / "seeds" / "sectors"
    if not (sectors / settings.sector).is_dir():
        known = ", ".join(sorted(path.name for path in sectors.glob("*") if path.is_dir()))
        raise CannotRun(f"SCORING_SECTOR is '{settings.sector}', which is none of: {known}")
    if not settings.raw_location.exists():
        raise CannotRun(
            f"there are no raw data at {settings.raw_location}: set SCORING_RAW to the folder "
            "that holds <source>/<table>.csv, or to a .duckdb file"
        )
    if (settings.published_dir / settings.run_id).exists():
        raise CannotRun(f"run {settings.run_id} is already published: set another SCORING_RUN_ID")
    refuse_bad_configuration(settings.project_dir, [settings.sector])
    contract = read_contract(settings.project_dir)
    _refuse_unreadable_folders(settings.raw_location, contract)
    return contract


def _refuse_unreadable_folders(raw_location: Path, contract: Contract) -> None:
    """Stop where a folder cannot be listed: its tables would pass for tables never delivered."""

    def stop(error: OSError) -> None:
        raise CannotRun(
            f"the folder {error.filename} of raw data cannot be read: {error.strerror}. Let the "
            "user who runs this read it, or take it away if its tables are not to be delivered"
        ) from error

    sources = {table.source for table in contract.tables}
    for folder, names, _ in os.walk(raw_location, onerror=stop):
        if folder == str(raw_location):
            names[:] = sorted(sources.intersection(names))


def _score(
    settings: Settings,
    contract: Contract,
    started: records.RunRecord,
    steps: Steps,
    restored: tuple[str, ...],
) -> tuple[Publication, records.RunRecord]:
    with WarmDbt(settings, contract.pii_columns, steps.on_nodes) as dbt:

        def done(step: str, result: DbtResult) -> None:
            for layer, seconds in result.seconds.items():
                steps.spent(f"{IN_DBT}{layer}", seconds)
            result.raise_if_failed(step, dbt.log_path)
            if result.warnings:
                steps.note(f"{len(result.warnings)} warned: {', '.join(result.warnings[:3])}")
            elif result.node_count > 1:
                steps.note(f"{result.node_count} nodes")

        def judge(report: CheckReport) -> None:
            report.raise_if_failed()
            steps.note(f"{len(report.results)} expectations")
            for warning in report.failures("warning"):
                steps.say(warning.text())

        with steps.step("plan"):
            done("reading the project", dbt.parse())
            done("the raw contract", dbt.run("run-operation", "check_contract"))
            if restored:
                steps.note(f"history restored: {', '.join(restored)}")
        with steps.step("land raw data"):
            done("landing raw data", dbt.run("build", "--selector", "landing"))
        with steps.step("count raw rows"):
            from scoring.checks.raw import check_raw, count_delivered

            counts = count_delivered(settings)
        with steps.step("check raw data"):
            judge(check_raw(settings, counts=counts))
        with steps.step("build and test"):
            done("the build", dbt.run("build", "--selector", "scoring"))
        with steps.step("check marts"):
            from scoring.checks.marts import check_marts

            judge(check_marts(settings))
    with steps.step("publish"):
        record = replace(_published(settings, started), step_seconds=_times(steps))
        return publish(settings, contract.pii_columns, record), record


def _published(settings: Settings, started: records.RunRecord) -> records.RunRecord:
    """The row of a run that went well, with what the warehouse holds."""
    with connect(settings.warehouse_path, read_only=True) as connection:
        as_of_date = scalar(connection, "select max(as_of_date) from marts.scored_customers")
        people = scalar(connection, "select count(*) from marts.scored_customers")
        rejected = scalar(connection, "select coalesce(sum(row_count), 0) from marts.rejected_rows")
    return replace(
        started,
        finished_at=_now(),
        as_of_date=as_of_date if isinstance(as_of_date, date) else None,
        status=records.PUBLISHED,
        exit_code=0,
        people_count=int(str(people)),
        rejected_row_count=int(str(rejected)),
    )


def _open_record(settings: Settings, started: records.RunRecord) -> None:
    import duckdb

    settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with connect(settings.warehouse_path) as connection:
            records.close_interrupted(connection, started.started_at)
            records.write_record(connection, started)
    except duckdb.Error as error:
        raise CannotRun(
            f"the warehouse {settings.warehouse_path} cannot be opened: {error}. Close whatever "
            "reads it (readers use the published copy); if it is damaged, delete it: histories "
            "come back from the published copy"
        ) from error


def _close_record(settings: Settings, started: records.RunRecord, error: ScoringError) -> None:
    """Record a failure; if the warehouse cannot be opened, the error itself matters more."""
    import duckdb

    failed = replace(
        started,
        finished_at=_now(),
        as_of_date=settings.as_of_date,
        status=records.FAILED,
        exit_code=error.exit_code,
        message=str(error).partition("\n")[0],
    )
    try:
        _write(settings, failed)
    except duckdb.Error as second:
        error.add_note(f"the run could not be recorded either: {second}")


def _write(settings: Settings, record: records.RunRecord) -> None:
    with connect(settings.warehouse_path) as connection:
        records.write_record(connection, record)


def unexpected(settings: Settings, error: BaseException) -> ScoringError:
    """An error that nobody foresaw, as one line that names the log file with its trace."""
    if isinstance(error, KeyboardInterrupt):
        return CannotRun("stopped by the user; the last good copy is still served")
    settings.log_dir.mkdir(parents=True, exist_ok=True)
    path = settings.log_dir / f"{settings.run_id}.log"
    path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    first_line = str(error).partition("\n")[0]
    return CannotRun(f"unexpected {type(error).__name__}: {first_line}. Details: {path}")


def _times(steps: Steps) -> str:
    """Where the time went so far, as JSON."""
    return json.dumps(steps.seconds)


def _now() -> datetime:
    """Now, in UTC and without a zone, as the warehouse keeps times."""
    return datetime.now(UTC).replace(tzinfo=None)
