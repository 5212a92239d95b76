"""dbt in this process: one warm runner, failures as data, its own noise in a log file."""

from __future__ import annotations

import contextlib
import copy
import gc
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scoring.errors import CannotRun, ChecksFailed
from scoring.run_times import seconds_by_layer
from scoring.warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from scoring.settings import Settings

SHOWN_ROWS = 5
_MASK = "(masked)"


@dataclass(frozen=True)
class FailingRows:
    """The first rows that a data test found, identifying columns masked."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Failure:
    """A node that failed.

    Attributes:
        name: name of the node.
        kind: model, seed, snapshot, test, unit_test, operation.
        is_check: a test that judged, rather than a node that could not be built.
        message: what dbt said.
        path: file of the node.
        rows: what a failed data test found.
    """

    name: str
    kind: str
    is_check: bool
    message: str
    path: str
    rows: FailingRows | None = None


@dataclass(frozen=True)
class DbtResult:
    """What a dbt command did.

    Attributes:
        succeeded: whether nothing failed.
        node_count: nodes in all.
        skipped_count: nodes skipped.
        warnings: names of tests that warned.
        failures: nodes that failed.
        seconds: what the nodes of each layer took.
    """

    succeeded: bool
    node_count: int
    skipped_count: int
    warnings: tuple[str, ...]
    failures: tuple[Failure, ...]
    seconds: Mapping[str, float] = field(default_factory=dict)

    def raise_if_failed(self, step: str, log_path: str) -> None:
        """Raise what the failures amount to.

        Raises:
            CannotRun: something could not be built.
            ChecksFailed: all was built and tests failed.
        """
        if self.succeeded:
            return
        text = "\n".join(
            [
                f"{step} failed: {len(self.failures)} failed, {self.skipped_count} skipped",
                *(describe(failure) for failure in self.failures),
                f"dbt's log: {log_path}",
            ]
        )
        only_checks = bool(self.failures) and all(f.is_check for f in self.failures)
        raise ChecksFailed(text) if only_checks else CannotRun(text)


@dataclass(frozen=True)
class Progress:
    """How far a command is: nodes finished, nodes in all, and what was started last."""

    finished: int
    total: int
    current: str


def describe(failure: Failure) -> str:
    """A failure in a few lines, its rows as a small table."""
    head = f"  {failure.kind} {failure.name}" + (f" ({failure.path})" if failure.path else "")
    lines = [head, *(f"    {line}" for line in failure.message.splitlines() if line.strip())]
    if failure.rows:
        table = [failure.rows.columns, *failure.rows.rows]
        widths = [max(len(row[i]) for row in table) for i in range(len(failure.rows.columns))]
        lines += [
            "      " + "  ".join(cell.ljust(n) for cell, n in zip(row, widths, strict=True))
            for row in table
        ]
    return "\n".join(lines)


class WarmDbt:
    """dbt with the project parsed once, for several commands on one warehouse.

    Use it as a context manager, once or more: it sets the project's environment variables for dbt
    and restores them. After each command the warehouse is closed, so that others may open it.
    """

    def __init__(
        self,
        settings: Settings,
        pii_columns: Iterable[str],
        on_progress: Callable[[Progress], None],
    ) -> None:
        """Keep what is needed; nothing is parsed yet.

        Args:
            settings: where the project and the warehouse are.
            pii_columns: columns never shown in failing rows.
            on_progress: called as nodes start and finish.
        """
        self._settings = settings
        self._pii = frozenset(pii_columns)
        self._on_progress = on_progress
        self._manifest: Any = None
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> WarmDbt:
        """Set dbt's environment variables and working folder."""
        self._stack.enter_context(_environment(self._settings.environment()))
        self._stack.enter_context(contextlib.chdir(self._settings.project_dir))
        return self

    def __exit__(self, *_: object) -> None:
        """Put the environment back."""
        self._stack.close()

    @property
    def log_path(self) -> str:
        """Where dbt's own log is."""
        return str(self._settings.log_dir / "dbt.log")

    def parse(self) -> DbtResult:
        """Read the project, once for all commands that follow."""
        from dbt.cli.main import dbtRunner

        outcome = dbtRunner().invoke([*self._flags(), "parse", *self._folders()])
        if outcome.success:
            self._manifest = outcome.result
        return self._result(outcome)

    def run(self, *arguments: str) -> DbtResult:
        """Run one dbt command after `parse`, for example `run("build", "--select", "marts")`."""
        from dbt.cli.main import dbtRunner

        # Compiling leaves marks on the nodes: each command gets a copy of its own. The manifest's
        # own deepcopy() fails on a project that has selectors.
        manifest = copy.deepcopy(self._manifest)
        runner = dbtRunner(manifest=manifest, callbacks=[_Watcher(self._on_progress)])
        try:
            outcome = runner.invoke([*self._flags(), *arguments, *self._folders()])
        finally:
            _close_warehouse()
        return self._result(outcome)

    def _flags(self) -> list[str]:
        return [
            *("--log-level", "none", "--no-use-colors", "--no-use-colors-file"),
            *("--log-level-file", "info", "--log-path", str(self._settings.log_dir)),
        ]

    def _folders(self) -> list[str]:
        project = str(self._settings.project_dir)
        return [
            *("--project-dir", project, "--profiles-dir", project),
            *("--target-path", str(self._settings.target_dir)),
        ]

    def _result(self, outcome: Any) -> DbtResult:  # noqa: ANN401 - dbt's result has no useful type
        if outcome.exception is not None:
            if isinstance(outcome.exception, KeyboardInterrupt):
                raise outcome.exception
            failure = Failure("dbt", "command", False, _clean(str(outcome.exception)), "")
            return DbtResult(False, 0, 0, (), (failure,))
        results = list(getattr(outcome.result, "results", ()))
        return DbtResult(
            succeeded=outcome.success,
            node_count=len(results),
            skipped_count=sum(r.status == "skipped" for r in results),
            warnings=tuple(_name(r) for r in results if r.status == "warn"),
            failures=tuple(self._failure(r) for r in results if r.status in {"error", "fail"}),
            seconds=seconds_by_layer(results),
        )

    def _failure(self, result: Any) -> Failure:  # noqa: ANN401 - dbt's result has no useful type
        node = getattr(result, "node", None)
        kind = str(getattr(node, "resource_type", "operation"))
        is_check = kind in {"test", "unit_test"} and result.status == "fail"
        return Failure(
            name=_name(result),
            kind=kind,
            is_check=is_check,
            message=_clean(result.message or ""),
            path=str(getattr(node, "original_file_path", "")),
            rows=self._failing_rows(node) if is_check and kind == "test" else None,
        )

    def _failing_rows(self, node: Any) -> FailingRows | None:  # noqa: ANN401 - as above
        import duckdb

        try:
            with connect(self._settings.warehouse_path, read_only=True) as connection:
                connection.execute(f"select * from (\n{node.compiled_code}\n) limit {SHOWN_ROWS}")
                columns = tuple(item[0] for item in connection.description or ())
                found = connection.fetchall()
        except duckdb.Error:
            # The test's own message still says what failed.
            return None
        rows = tuple(
            tuple(
                _MASK if column in self._pii and value is not None else str(value)
                for column, value in zip(columns, row, strict=True)
            )
            for row in found
        )
        return FailingRows(columns, rows)


class _Watcher:
    """Turns dbt's events into progress."""

    def __init__(self, on_progress: Callable[[Progress], None]) -> None:
        self._on_progress = on_progress
        self._finished = 0
        self._total = 0
        self._current = ""

    def __call__(self, event: Any) -> None:  # noqa: ANN401 - a generated protobuf message
        if event.info.name == "LogStartLine":
            self._total = event.data.total
            self._current = event.data.node_info.node_name
        elif event.info.name == "NodeFinished":
            self._finished += 1
        else:
            return
        self._on_progress(Progress(self._finished, self._total, self._current))


def _close_warehouse() -> None:
    """Let go of the file: dbt-duckdb keeps it open for the life of the process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import reset_adapters

    reset_adapters()  # type: ignore[no-untyped-call]
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    gc.collect()


def _name(result: Any) -> str:  # noqa: ANN401 - dbt's result has no useful type
    node = getattr(result, "node", None)
    return str(node.name if node is not None else result.unique_id)


def _clean(message: str) -> str:
    """The message without dbt's trail of macro calls."""
    lines = [line.strip() for line in message.splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith(("> in ", "> called")))


@contextlib.contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
