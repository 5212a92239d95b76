"""dbt in this process on scratch warehouses, the project parsed once."""

from __future__ import annotations

import contextlib
import copy
import gc
import os
import pickle
import shutil
from typing import TYPE_CHECKING, Any
from unittest import mock

import duckdb
import yaml
from filelock import FileLock
from jinja2 import Environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

# A parsed project names its database: scratch warehouses are told apart by their folder. This is
# the name that the profile gives by itself, so that what `dbt build` parsed is of use here.
WAREHOUSE_NAME = "sample.duckdb"
PARTIAL_PARSE = "partial_parse.msgpack"
_compile = Environment.compile
PROFILES = "profiles.yml"
# To find out how the cells of each small table are best compressed is a tenth of a build.
STORED = {"force_compression": "uncompressed"}
NO_SEEDS = ("--exclude-resource-type", "seed")
NO_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
FEATURES = ("+feat_customers", "+feat_campaigns", "+feat_offers")

# All that the scores of people and offers are told by.
SCORED = (
    "+customer_scores",
    "+score_contributions",
    "+customer_features",
    "+scored_customers",
    "+score_history",
    "+int_person_attributes",
    "+customer_offer_features",
    "+scored_offers",
    "+offer_contributions",
)


class BuildError(Exception):
    """dbt could not build: no test has judged anything."""


class Dbt:
    """Builds the models of one project folder in as many scratch warehouses as are asked for."""

    def __init__(
        self,
        project_dir: Path,
        scratch: Path,
        parsed: Path | None = None,
        sector: str = "commerce",
    ) -> None:
        """Keep what is needed; the project is parsed by the first build.

        Args:
            project_dir: folder of `dbt_project.yml`.
            scratch: folder for dbt's artifacts and log.
            parsed: folder where processes that test the same project share what dbt parsed.
            sector: the set of seeds.
        """
        self._project_dir = project_dir
        self._scratch = scratch
        self._parsed = parsed or scratch
        self._sector = sector
        self._manifest: Any = None
        self._built: bytes | None = None
        self._seeded: Path | None = None

    def build(
        self,
        raw: Path,
        folder: Path,
        *,
        as_of_date: str | None = None,
        training_dates: Sequence[str] = (),
        select: Sequence[str] = (),
        variables: Mapping[str, object] | None = None,
        keep_manifest: bool = False,
    ) -> Path:
        """Build snapshots and models on the seeds, no tests, and return the warehouse.

        Args:
            raw: raw location.
            folder: folder of the warehouse; what lies there is built on.
            as_of_date: date to score as of, by default the day after the latest event.
            training_dates: further dates that features are made for.
            select: dbt's selection, by default everything.
            variables: further vars.
            keep_manifest: whether to write `manifest_path`.

        Raises:
            BuildError: dbt failed; the message says where.
        """
        warehouse = self.seeded(folder)
        dates = {"as_of_date": as_of_date or "", "training_dates": list(training_dates)}
        arguments = ["build", *NO_TESTS, *NO_SEEDS]
        arguments += ["--vars", yaml.safe_dump({**dates, **(variables or {})})]
        if select:
            arguments += ["--select", *select]
        variables_of_dbt = {"SCORING_RAW": str(raw), "SCORING_WAREHOUSE": str(warehouse)}
        self._invoke(arguments, variables_of_dbt, keep_manifest=keep_manifest)
        _keep_views(warehouse)
        return warehouse

    def show(
        self, query: str, warehouse: Path, *, variables: Mapping[str, object] | None = None
    ) -> list[dict[str, Any]]:
        """The rows of a query in dbt's language.

        Args:
            query: text with references and macros.
            warehouse: a built warehouse.
            variables: vars.

        Raises:
            BuildError: dbt failed; the message says where.
        """
        arguments = ["show", "--inline", query, "--limit", "-1"]
        arguments += ["--vars", yaml.safe_dump(dict(variables or {}))]
        shown = self._invoke(arguments, {"SCORING_WAREHOUSE": str(warehouse)})
        table = shown.results[0].agate_table
        return [dict(zip(table.column_names, row.values(), strict=True)) for row in table.rows]

    def seeded(self, folder: Path) -> Path:
        """The warehouse of a folder; where there is none yet, one of the seeds alone."""
        warehouse = folder / WAREHOUSE_NAME
        if not warehouse.exists():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(self._seeds(), warehouse)
        return warehouse

    @property
    def parsed_path(self) -> Path:
        """What dbt keeps of the parsed project."""
        self._parse()
        return self._parsed / "target" / PARTIAL_PARSE

    @property
    def manifest_path(self) -> Path:
        """The manifest of the last build that kept it, compiled SQL included."""
        return self._scratch / "target" / "manifest.json"

    def manifest(self) -> dict[str, Any]:
        """The parsed project as plain data."""
        self._parse()
        document: dict[str, Any] = self._manifest.writable_manifest().to_dict(omit_none=False)
        return document

    def _seeds(self) -> Path:
        """A warehouse of the seeds alone: every other one begins as a copy of it."""
        if self._seeded is None:
            seeded = self._scratch / "seeded" / WAREHOUSE_NAME
            seeded.parent.mkdir(parents=True)
            self._invoke(["seed"], {"SCORING_WAREHOUSE": str(seeded)})
            self._seeded = seeded
        return self._seeded

    def _parse(self) -> None:
        if self._manifest is not None:
            return
        # Processes parse one after another, each from what the one before left, the first from what
        # `dbt build` did: dbt reads again what is another file now.
        parsed = self._parsed / "target" / PARTIAL_PARSE
        parsed.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._parsed / "parsed.lock"), _environment(self._settings()):
            before = self._project_dir / "target" / PARTIAL_PARSE
            if before.exists() and not parsed.exists():
                shutil.copy(before, parsed)
            outcome = self._run(["parse"], None, self._parsed, self._project_dir)
        if not outcome.success:
            raise BuildError(f"dbt cannot parse the project: {outcome.exception}")
        self._manifest = outcome.result
        self._built = pickle.dumps(_without_tests(outcome.result), pickle.HIGHEST_PROTOCOL)
        # The collector of garbage need not look through the project again and again.
        gc.collect()
        gc.freeze()

    def _invoke(
        self, arguments: list[str], variables: dict[str, str], *, keep_manifest: bool = False
    ) -> Any:  # noqa: ANN401 - dbt's own type
        self._parse()
        assert self._built is not None
        # Compiling leaves marks on the nodes: each command gets a copy of its own.
        manifest = pickle.loads(self._built)
        if not keep_manifest:
            arguments = [*arguments, "--no-write-json"]
        with _environment({**self._settings(), **variables}):
            outcome = self._run(arguments, manifest, self._scratch, self._profiles())
        if not outcome.success:
            results = getattr(outcome.result, "results", ())
            failed = [f"{r.node.name}: {r.message}" for r in results if r.status == "error"]
            raise BuildError("\n".join([f"dbt failed: {outcome.exception or ''}", *failed]))
        return outcome.result

    def _settings(self) -> dict[str, str]:
        return {} if self._sector == "commerce" else {"SCORING_SECTOR": self._sector}

    def _profiles(self) -> Path:
        """Folder of the profile for builds; parsing keeps the project's, which dbt compares."""
        folder = self._scratch / "profiles"
        if not folder.exists():
            folder.mkdir(parents=True)
            text = (self._project_dir / PROFILES).read_text(encoding="utf-8")
            (folder / PROFILES).write_text(_for_small_warehouses(text), encoding="utf-8")
        return folder

    def _run(self, arguments: list[str], manifest: Any, scratch: Path, profiles: Path) -> Any:  # noqa: ANN401 - dbt's own types
        from dbt.cli.main import dbtRunner

        places = ["--project-dir", str(self._project_dir), "--profiles-dir", str(profiles)]
        places += ["--target-path", str(scratch / "target")]
        quiet = ["--log-level", "none", "--log-level-file", "none"]
        quiet += ["--log-path", str(scratch / "logs")]
        try:
            with contextlib.chdir(self._project_dir), _without_what_nobody_reads():
                return dbtRunner(manifest=manifest).invoke([*quiet, *arguments, *places])
        finally:
            _close_warehouse()


def _for_small_warehouses(profiles: str) -> str:
    """The profile for builds beside others: threads and compression cost more than they save."""
    document = yaml.safe_load(profiles)
    (profile,) = document.values()
    warehouse = profile["outputs"]["duckdb"]
    warehouse["threads"] = warehouse["settings"]["threads"] = 1
    warehouse["settings"].update(STORED)
    return yaml.safe_dump(document)


def _without_tests(manifest: Any) -> Any:  # noqa: ANN401 - dbt's own type
    """The project as builds here need it: tests of the models are most of what dbt links."""
    built = copy.copy(manifest)
    built.nodes = {
        name: node for name, node in manifest.nodes.items() if node.resource_type != "test"
    }
    built.unit_tests = {}
    return built


def _keep_views(warehouse: Path) -> None:
    """Turn views into tables: a view cannot be read where its file is attached by another name."""
    with duckdb.connect(str(warehouse), config={**STORED}) as connection:
        views = connection.execute(
            "select schema_name || '.' || view_name from duckdb_views() where not internal"
        ).fetchall()
        for (view,) in views:
            connection.execute(f"create table {view}__kept as select * from {view}")
            connection.execute(f"drop view {view}")
            connection.execute(f"alter table {view}__kept rename to {view.split('.')[1]}")


def _nothing(*_: object, **__: object) -> None:
    """What becomes of what nobody reads."""


_compiled: dict[tuple[type, str], Any] = {}


def _compile_once(environment: Environment, source: str) -> Any:  # noqa: ANN401 - code or text
    """A template compiled: builds are of the same models, each of dbt's looks new to Jinja."""
    key = (type(environment), source)
    if key not in _compiled:
        _compiled[key] = _compile(environment, source)
    return _compiled[key]


@contextlib.contextmanager
def _without_what_nobody_reads() -> Iterator[None]:
    """No messages for a log that is not kept, no files of what was run, no template compiled twice.

    Together they are a quarter of a small build.
    """
    from dbt.contracts.graph.nodes import ParsedNode
    from dbt_common.events.base_types import BaseEvent
    from dbt_common.events.event_manager import EventManager

    with (
        mock.patch.object(EventManager, "fire_event", new=_nothing),
        mock.patch.object(BaseEvent, "__init__", new=_nothing),
        mock.patch.object(ParsedNode, "write_node", new=_nothing),
        mock.patch.object(Environment, "compile", new=_compile_once),
    ):
        yield


def _close_warehouse() -> None:
    """Let go of the file: dbt-duckdb keeps it open for the life of the process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import reset_adapters

    reset_adapters()  # type: ignore[no-untyped-call]
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    gc.collect()


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """These settings of the project, and none that the caller's shell may have."""
    before = {name: text for name, text in os.environ.items() if name.startswith("SCORING_")}
    for name in before:
        del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            os.environ.pop(name, None)
        os.environ.update(before)
