"""Publishing: readers get whole copies under one link, and never open the build file.

Under `published/<stem>/<run_id>/`: `scoring.duckdb` (marts, monitoring and seeds, for BI),
`parquet/<mart>.parquet`, `restricted.duckdb` (rejected rows and histories, for the owner only) and
`manifest.json` (run, date, row counts, checksums). `published/<stem>/current` names the run served.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import yaml

from scoring import durable
from scoring.errors import CannotRun
from scoring.project_manifest import read_nodes
from scoring.record import write_record
from scoring.selection import Selection, select_relations
from scoring.warehouse import (
    SERVED_STORAGE,
    Relation,
    attach,
    connect,
    literal,
    main_database,
    quoted,
    relations,
    scalar,
)

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from scoring.record import RunRecord
    from scoring.settings import Settings

CURRENT = "current"
SCORING_FILE = "scoring.duckdb"
RESTRICTED_FILE = "restricted.duckdb"
MANIFEST_FILE = "manifest.json"
PARQUET_FOLDER = "parquet"
PARTIAL = ".partial"
KEPT_RUNS = 5

_SOURCE = "warehouse"


@dataclass(frozen=True)
class Publication:
    """A published copy: its folder and the content of its manifest."""

    folder: Path
    manifest: dict[str, Any]


def publish(settings: Settings, pii_columns: frozenset[str], record: RunRecord) -> Publication:
    """Publish the warehouse as run `record.run_id`; until the last step nothing is visible.

    Args:
        settings: where the warehouse, dbt's manifest and the published folder are.
        pii_columns: names that no published relation may have as a column.
        record: the row of this run, as it stands once it is published.

    Raises:
        CannotRun: there is nothing to publish, it would show direct identifiers, or the run id
            is already published.
    """
    folder = settings.published_dir / record.run_id
    if folder.exists():
        raise CannotRun(f"run {record.run_id} is already published at {folder}: use a new run id")
    settings.published_dir.mkdir(parents=True, exist_ok=True)
    remove_partials(settings.published_dir)
    partial = folder.with_name(folder.name + PARTIAL)
    partial.mkdir(mode=0o700)
    manifest = _write_copy(settings, pii_columns, record, partial)
    partial.chmod(0o755)
    durable.sync_tree(partial)
    durable.rename(partial, folder)
    durable.point_link(settings.published_dir / CURRENT, folder.name)
    remove_old_runs(settings.published_dir)
    return Publication(folder, manifest)


def current_folder(published_dir: Path) -> Path:
    """Folder of the run that is being served.

    Raises:
        CannotRun: nothing has been published.
    """
    link = published_dir / CURRENT
    if not link.exists():
        others = ", ".join(
            sorted(link.parent.name for link in published_dir.parent.glob("*/current"))
        )
        raise CannotRun(
            f"nothing is published under {published_dir}: start with `scoring run`"
            + (f", or set SCORING_RAW to what was published beside it: {others}" if others else "")
        )
    return link.resolve()


def remove_partials(published_dir: Path) -> None:
    """Remove what a publish that was killed left behind."""
    for path in published_dir.glob(f"*{PARTIAL}"):
        shutil.rmtree(path)
    for link in published_dir.glob(f".{CURRENT}.*"):
        link.unlink()


def remove_old_runs(published_dir: Path) -> None:
    """Keep the newest runs, and always the one being served."""
    served = (published_dir / CURRENT).resolve()
    links_and_runs = (path.parent for path in published_dir.glob(f"*/{MANIFEST_FILE}"))
    runs = sorted(
        (run for run in links_and_runs if not run.is_symlink()),
        key=lambda run: (read_manifest(run)["created_at"], run.name),
    )
    for run in runs[:-KEPT_RUNS]:
        if run.resolve() != served:
            shutil.rmtree(run)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a published copy."""
    manifest: dict[str, Any] = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
    return manifest


def _write_copy(
    settings: Settings, pii_columns: frozenset[str], record: RunRecord, folder: Path
) -> dict[str, Any]:
    nodes = read_nodes(settings.target_dir / "manifest.json")
    with connect(folder / SCORING_FILE, storage=SERVED_STORAGE) as connection:
        attach(connection, settings.warehouse_path, _SOURCE)
        selection = select_relations(relations(connection, _SOURCE), nodes)
        _refuse_identifiers(connection, selection, pii_columns)
        as_of_date = _as_of_date(connection, selection)
        raw_row_counts = _raw_row_counts(connection, selection)
        _copy_tables(connection, selection.tables)
        for view in selection.views:
            connection.execute(f"create schema if not exists {quoted(view.relation.schema)}")
            kind = "table" if view.is_table else "view"
            connection.execute(f"create {kind} {view.relation.sql} as {view.code}")
        write_record(connection, record)
        row_counts = _row_counts(connection, selection.written)
        _write_parquet(connection, selection, folder / PARQUET_FOLDER)
    _write_restricted(settings, selection, record, folder / RESTRICTED_FILE)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "run_id": record.run_id,
        "as_of_date": as_of_date.isoformat(),
        "created_at": datetime.now(UTC).isoformat(),
        "sector": settings.sector,
        "project_version": _project_version(settings.project_dir),
        "row_counts": row_counts,
        "raw_row_counts": raw_row_counts,
        "files": {
            str(path.relative_to(folder)): {
                "bytes": path.stat().st_size,
                "sha256": durable.sha256_of(path),
            }
            for path in files
        },
    }
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    (folder / MANIFEST_FILE).write_text(text, encoding="utf-8")
    return manifest


def _refuse_identifiers(
    connection: duckdb.DuckDBPyConnection, selection: Selection, pii_columns: frozenset[str]
) -> None:
    published = {(relation.schema, relation.name) for relation in selection.all}
    found = [
        f"{schema}.{name}.{column}"
        for schema, name, column in connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns()"
            " where database_name = ? order by all",
            [_SOURCE],
        ).fetchall()
        if (schema, name) in published and column in pii_columns
    ]
    if found:
        raise CannotRun(
            "not published: these columns identify people directly (pii in the contract) and may"
            f" not leave the restricted schemas: {', '.join(found)}"
        )


def _as_of_date(connection: duckdb.DuckDBPyConnection, selection: Selection) -> date:
    scored = Relation("marts", "scored_customers")
    if scored not in selection.tables:
        raise CannotRun("not published: the warehouse has no table marts.scored_customers")
    found = scalar(connection, f"select max(as_of_date) from {_SOURCE}.{scored.sql}")
    if not isinstance(found, date):
        raise CannotRun("not published: marts.scored_customers has no rows")
    return found


def _raw_row_counts(connection: duckdb.DuckDBPyConnection, selection: Selection) -> dict[str, int]:
    accounting = Relation("monitoring", "mon_raw_accounting")
    if accounting not in selection.tables:
        return {}
    rows = connection.execute(
        "select source_name || '.' || table_name, landed_row_count"
        f" from {_SOURCE}.{accounting.sql} where is_delivered order by all"
    ).fetchall()
    return {name: int(count) for name, count in rows}


def _copy_tables(connection: duckdb.DuckDBPyConnection, tables: tuple[Relation, ...]) -> None:
    # Named in full: in restricted.duckdb the schema `restricted` alone would be ambiguous.
    here = quoted(main_database(connection))
    for table in tables:
        connection.execute(f"create schema if not exists {here}.{quoted(table.schema)}")
        connection.execute(
            f"create table {here}.{table.sql} as select * from {_SOURCE}.{table.sql}"
        )


def _row_counts(
    connection: duckdb.DuckDBPyConnection, tables: tuple[Relation, ...]
) -> dict[str, int]:
    counts = {}
    for table in tables:
        counts[table.full_name] = int(str(scalar(connection, f"select count(*) from {table.sql}")))
    return counts


def _write_parquet(
    connection: duckdb.DuckDBPyConnection, selection: Selection, folder: Path
) -> None:
    folder.mkdir()
    for table in selection.written:
        if table.schema != "marts":
            continue
        key = selection.keys.get(table, ())
        order = ", ".join(quoted(column) for column in key) or "all"
        connection.execute(
            f"copy (select * from {table.sql} order by {order})"
            f" to {literal(folder / f'{table.name}.parquet')} (format parquet, compression zstd)"
        )


def _write_restricted(
    settings: Settings, selection: Selection, record: RunRecord, path: Path
) -> None:
    with connect(path) as connection:
        path.chmod(0o600)
        attach(connection, settings.warehouse_path, _SOURCE)
        _copy_tables(connection, selection.restricted)
        write_record(connection, record)


def _project_version(project_dir: Path) -> str:
    document = yaml.safe_load((project_dir / "dbt_project.yml").read_text(encoding="utf-8"))
    return str(document["version"])
