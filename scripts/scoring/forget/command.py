"""`scoring forget`: find a person everywhere, remove them, and prove that nothing is left."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from scoring import durable
from scoring.contract import read_contract
from scoring.errors import CannotRun, ChecksFailed
from scoring.forget import databases, register, texts
from scoring.forget.person import RawData, find_traces, is_about
from scoring.forget.pieces import Needles
from scoring.forget.raw_files import raw_files
from scoring.forget.scan import Scan, scan
from scoring.lock import hold
from scoring.publish import (
    MANIFEST_FILE,
    PARQUET_FOLDER,
    RESTRICTED_FILE,
    SCORING_FILE,
    read_manifest,
)
from scoring.raw_counts import read_csv_format
from scoring.restore import restore_history
from scoring.warehouse import connect

if TYPE_CHECKING:
    from pathlib import Path

    from scoring.contract import Contract
    from scoring.forget.raw_files import RawFile
    from scoring.forget.traces import Traces
    from scoring.settings import Settings


@dataclass(frozen=True)
class Place:
    """Where the person was found.

    Attributes:
        path: the file.
        what: table of it, or what it is.
        count: rows or lines about the person.
        is_ours: whether it is removed there, or by whoever owns the file.
    """

    path: Path
    what: str
    count: int
    is_ours: bool = True


@dataclass(frozen=True)
class Forgetting:
    """What `forget` found, did and proved.

    Attributes:
        traces: what names the person.
        places: where they were found before anything was removed.
        proof: the search afterwards; None for a dry run.
    """

    traces: Traces
    places: tuple[Place, ...]
    proof: Scan | None = None


@dataclass(frozen=True)
class _Project:
    """The files that one warehouse stands for."""

    settings: Settings
    contract: Contract
    raw: RawData
    text_roots: tuple[Path, ...] = field(default=())

    @classmethod
    def of(cls, settings: Settings) -> _Project:
        contract = read_contract(settings.project_dir)
        build = settings.project_dir / "build"
        return cls(
            settings,
            contract,
            RawData(settings.raw_location, contract, read_csv_format(settings.project_dir)),
            (
                *(settings.log_dir, settings.target_dir),
                *(build / "data_docs" / settings.stem, build / "identity" / settings.stem),
                *(settings.project_dir / "logs", settings.project_dir / "target"),
            ),
        )

    @property
    def runs(self) -> list[Path]:
        """Folders of all published versions."""
        manifests = self.settings.published_dir.glob(f"*/{MANIFEST_FILE}")
        return sorted(path.parent for path in manifests if not path.parent.is_symlink())

    @property
    def raw_files(self) -> list[RawFile]:
        if self.raw.is_database:
            return []
        return raw_files(self.raw.location, self.contract, self.raw.csv_format)

    @property
    def everything(self) -> tuple[Path, ...]:
        """All that is searched afterwards."""
        warehouse = self.settings.warehouse_path
        return (
            *(self.raw.location, warehouse, warehouse.with_name(f"{warehouse.name}.wal")),
            *(self.settings.published_dir, *self.text_roots),
        )


def forget(settings: Settings, person: str, *, for_good: bool) -> Forgetting:
    """Remove a person from raw copies, warehouse, published versions, logs and pages.

    Args:
        settings: the raw location and the warehouse that belongs to it.
        person: key of the person or of one of the records that they are.
        for_good: remove; otherwise only say what would be removed.

    Returns:
        Where the person was found, and the proof.

    Raises:
        CannotRun: nobody has the key, or a file cannot be read or written.
        ChecksFailed: something still names the person; the message says where.
        Locked: a run holds the warehouse.
    """
    if not settings.raw_location.exists():
        raise CannotRun(f"there are no raw data at {settings.raw_location}: set SCORING_RAW")
    project = _Project.of(settings)
    with hold(settings.lock_path, settings.run_id):
        traces = find_traces(person, project.raw, settings.warehouse_path)
        places = _find(project, traces)
        if not places and not _was_forgotten(settings, person):
            raise CannotRun(
                f"nobody has the key '{person}' in {settings.raw_location}, the warehouse or the"
                " published versions: give the customer_id as the CRM has it"
            )
        if not for_good:
            return Forgetting(traces, tuple(places))
        _enter(settings, traces)
        _erase(project, traces, places)
        proof = scan(project.everything, traces)
    forgetting = Forgetting(traces, tuple(places), proof)
    if proof.leftovers:
        raise ChecksFailed(_leftover_message(forgetting))
    return forgetting


def _find(project: _Project, traces: Traces) -> list[Place]:
    needles = Needles.of(traces)
    places = [
        Place(file.path, f"{file.table.full_name}", count)
        for file in project.raw_files
        if (count := sum(is_about(row, file.table, traces) for row in file.rows(needles)))
    ]
    if project.raw.is_database:
        places += [
            Place(found.path, found.relation, found.row_count, is_ours=False)
            for found in databases.find_in_database(project.raw.location, traces, project.contract)
        ]
    for run in project.runs:
        for path in sorted(run.glob("*.duckdb")):
            places += _in_database(path, traces, project.contract)
        for path in sorted((run / PARQUET_FOLDER).glob("*.parquet")):
            if count := databases.find_in_parquet(path, traces, project.contract):
                places.append(Place(path, "published table", count))
    for path in texts.below(project.text_roots):
        if count := texts.lines_about(path, traces):
            places.append(Place(path, "text", count))
    if project.settings.warehouse_path.is_file():
        places += _in_database(project.settings.warehouse_path, traces, project.contract)
    return places


def _in_database(path: Path, traces: Traces, contract: Contract) -> list[Place]:
    return [
        Place(found.path, found.relation, found.row_count)
        for found in databases.find_in_database(path, traces, contract)
    ]


def _erase(project: _Project, traces: Traces, places: list[Place]) -> None:
    """Remove; the warehouse last, since it knows who was linked if this has to be done again."""
    concerned = {place.path for place in places if place.is_ours}
    needles = Needles.of(traces)
    for file in project.raw_files:
        if file.path in concerned:
            new = file.path.with_name(f".{file.path.name}.forgetting")
            file.write_without(partial(is_about, table=file.table, traces=traces), new, needles)
            texts.replace(new, file.path)
    for run in project.runs:
        inside = [path for path in sorted(concerned) if path.is_relative_to(run)]
        for path in inside:
            if path.suffix == ".parquet":
                databases.erase_from_parquet(path, traces, project.contract)
            else:
                databases.erase_from_database(path, traces, project.contract)
        if (run / RESTRICTED_FILE).is_file():
            register.copy_to(run / RESTRICTED_FILE, project.settings.warehouse_path)
        _correct_manifest(run)
    for path in texts.below(project.text_roots):
        if path in concerned:
            texts.erase_from(path, traces)
    if project.settings.warehouse_path in concerned:
        databases.erase_from_database(
            project.settings.warehouse_path,
            traces,
            project.contract,
            landed_again=project.raw.is_database,
        )


def _correct_manifest(run: Path) -> None:
    """The manifest of a published version tells rows and checksums: they are others now."""
    manifest: dict[str, Any] = read_manifest(run)
    for name in manifest["files"]:
        path = run / name
        manifest["files"][name] = {
            "bytes": path.stat().st_size,
            "sha256": durable.sha256_of(path),
        }
    with connect(run / SCORING_FILE, read_only=True) as connection:
        for table in manifest["row_counts"]:
            row = connection.execute(f"select count(*) from {table}").fetchone()
            manifest["row_counts"][table] = int(row[0]) if row else 0
    new = run / f".{MANIFEST_FILE}"
    new.write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    texts.replace(new, run / MANIFEST_FILE)


def _enter(settings: Settings, traces: Traces) -> None:
    import duckdb

    settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    try:
        restore_history(settings.warehouse_path, settings.published_dir)
        with connect(settings.warehouse_path) as connection:
            register.enter(connection, traces.ids, datetime.now(UTC).replace(tzinfo=None))
    except duckdb.Error as error:
        raise CannotRun(
            f"the warehouse {settings.warehouse_path} cannot be opened: {error}. Close whatever"
            " reads it (readers use the published copy), then forget again."
        ) from error


def _was_forgotten(settings: Settings, person: str) -> bool:
    if not settings.warehouse_path.is_file():
        return False
    with connect(settings.warehouse_path, read_only=True) as connection:
        return register.is_entered(connection, person)


def _leftover_message(forgetting: Forgetting) -> str:
    proof = forgetting.proof
    leftovers = proof.leftovers if proof else ()
    lines = [f"  {left.place}: {left.count}" for left in leftovers]
    owned = [place for place in forgetting.places if not place.is_ours]
    advice = "Remove what stands there by hand, then forget again: it can be repeated."
    if owned:
        keys = ", ".join(f"'{key}'" for key in sorted(forgetting.traces.ids))
        advice = (
            f"{owned[0].path} belongs to whoever delivers it: there, delete the rows of"
            f" customer_id in ({keys}) from {', '.join(sorted({p.what for p in owned}))}, then"
            " forget again. Until then every run refuses them as forgotten."
        )
    return "\n".join(["something still names the person:", *lines, advice])
