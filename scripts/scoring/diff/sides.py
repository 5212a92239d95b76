"""The rules of a git reference and those of the working tree, each applied to the same warehouse.

Only what depends on a changed seed or model is built, in a private warehouse per side; the tables
that it reads are copied from the warehouse that was built last, so both sides see one and the same
data.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tarfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scoring.configuration import refuse_bad_configuration
from scoring.contract import read_contract
from scoring.dbt_runner import WarmDbt
from scoring.diff.compare import Difference, compare
from scoring.errors import CannotRun
from scoring.warehouse import attach, connect, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scoring.progress import Steps
    from scoring.settings import Settings

_ARCHIVED = (
    *("dbt_project.yml", "profiles.yml", "selectors.yml"),
    *("macros", "models", "seeds", "snapshots", "tests/generic"),
)
TARGETS = ("scored_customers", "customer_segments", "score_results")
# Rooms whose models are built again; what lands raw data is not.
_ROOMS = frozenset({"intermediate", "features", "scores", "marts"})
_LANDING = frozenset({"incremental", "snapshot"})
_NO_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
_SOURCE = "built"


@dataclass(frozen=True)
class _Side:
    """One set of rules: its project as dbt read it, its private warehouse, its nodes by name."""

    settings: Settings
    dbt: WarmDbt
    nodes: dict[str, dict[str, Any]]

    def parents(self, name: str) -> list[str]:
        """What a node reads."""
        read = self.nodes[name]["depends_on"].get("nodes", [])
        return [one.split(".")[2] for one in read if one.split(".")[2] in self.nodes]

    def content(self, name: str) -> str:
        """What makes a node what it is: SQL, or the rows of a seed."""
        node = self.nodes[name]
        if node["resource_type"] == "seed":
            path = self.settings.project_dir / str(node["original_file_path"])
            return path.read_text(encoding="utf-8")
        return str(node["raw_code"])

    def can_build(self, name: str) -> bool:
        """Whether a node is built again where it is touched by a change."""
        node = self.nodes[name]
        if node["resource_type"] == "seed":
            return True
        room, kind = node["fqn"][1], node["config"]["materialized"]
        return room in _ROOMS and kind not in _LANDING


def diff(settings: Settings, ref: str, steps: Steps) -> Difference:
    """Compare the scores under the working tree's rules with those under a reference's.

    Args:
        settings: the project, and the warehouse that was built.
        ref: a git reference, such as main or HEAD~1.
        steps: told of every step.

    Raises:
        CannotRun: there is no such reference or warehouse, or the seeds are bad.
    """
    refuse_bad_configuration(settings.project_dir, [settings.sector])
    if not settings.warehouse_path.is_file():
        raise CannotRun(
            f"there is no warehouse at {settings.warehouse_path} to compare on: build it with"
            " `dbt build` or `scoring run`"
        )
    scratch = settings.project_dir / "build" / "diff" / settings.stem
    shutil.rmtree(scratch, ignore_errors=True)
    projects = {"before": scratch / "before" / "project", "after": settings.project_dir}
    with steps.step(f"rules of {ref}"):
        _extract(settings.project_dir, ref, projects["before"])
    sides = {}
    for name, project in projects.items():
        own = replace(
            settings,
            project_dir=project,
            warehouse_path=scratch / name / f"{settings.stem}_{name}.duckdb",
        )
        own.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
        pii_columns = read_contract(own.project_dir).pii_columns
        with steps.step(f"read {name}"), WarmDbt(own, pii_columns, steps.on_nodes) as dbt:
            dbt.parse().raise_if_failed(f"reading the project {name}", dbt.log_path)
        sides[name] = _Side(own, dbt, _nodes(own.target_dir / "manifest.json"))
    changed, left_out = _changed(sides["before"], sides["after"])
    for side_name, side in sides.items():
        with steps.step(f"score {side_name}"), side.dbt as dbt:
            chosen = _chosen(side, changed)
            _copy_inputs(settings, side, chosen)
            built = dbt.run("build", *_NO_TESTS, "--select", *sorted(chosen))
            built.raise_if_failed(f"scoring {side_name}", dbt.log_path)
            steps.note(f"{built.node_count} nodes")
    with steps.step("compare"):
        found = compare(
            ref,
            sides["before"].settings.warehouse_path,
            sides["after"].settings.warehouse_path,
            settings.warehouse_path,
        )
    return replace(found, changed=tuple(sorted(changed)), left_out=tuple(sorted(left_out)))


def _extract(project_dir: Path, ref: str, folder: Path) -> None:
    """Write the project's files of a reference, without touching the working tree."""
    if ref.startswith("-"):
        raise CannotRun(f"'{ref}' is no git reference")
    git = ["git", "-C", str(project_dir)]
    try:
        listed = subprocess.run(
            [*git, "ls-tree", "--name-only", ref, "--", *_ARCHIVED],
            capture_output=True,
            check=True,
            text=True,
        )
        packed = subprocess.run(
            [*git, "archive", "--format=tar", ref, "--", *listed.stdout.split()],
            capture_output=True,
            check=True,
        )
    except FileNotFoundError as error:
        raise CannotRun("git is not installed, and it keeps the rules to compare with") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr if isinstance(error.stderr, str) else error.stderr.decode()
        raise CannotRun(f"git cannot give {ref}: {said.strip().splitlines()[0]}") from error
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")


def _nodes(manifest: Path) -> dict[str, dict[str, Any]]:
    document = json.loads(manifest.read_text(encoding="utf-8"))
    return {
        str(node["name"]): node
        for node in document["nodes"].values()
        if node["resource_type"] in {"seed", "model", "snapshot"}
    }


def _changed(before: _Side, after: _Side) -> tuple[set[str], set[str]]:
    """Seeds and models that differ; and those among them that are not built again here."""
    names = before.nodes.keys() | after.nodes.keys()
    differing = {
        name
        for name in names
        if name not in before.nodes
        or name not in after.nodes
        or before.content(name) != after.content(name)
    }
    left_out = {
        name
        for name in differing
        if not all(side.can_build(name) for side in (before, after) if name in side.nodes)
    }
    return differing, left_out


def _chosen(side: _Side, changed: Iterable[str]) -> set[str]:
    """What to build: the scores, what lies between a change and them, and the seeds read by it."""
    wanted: set[str] = set()
    for target in TARGETS:
        _ancestors(side, target, wanted)
    touched: dict[str, bool] = {}
    differing = set(changed)

    def is_touched(name: str) -> bool:
        if name not in touched:
            inherited = [is_touched(parent) for parent in side.parents(name)]
            own = name in differing or side.nodes[name]["fqn"][1] == "scores" or name in TARGETS
            touched[name] = own or any(inherited)
        return touched[name]

    models = {
        name
        for name in wanted
        if side.nodes[name]["resource_type"] != "seed" and side.can_build(name) and is_touched(name)
    }
    seeds = {
        parent
        for name in models
        for parent in side.parents(name)
        if side.nodes[parent]["resource_type"] == "seed"
    }
    return models | seeds


def _ancestors(side: _Side, name: str, found: set[str]) -> None:
    if name in found or name not in side.nodes:
        return
    found.add(name)
    for parent in side.parents(name):
        _ancestors(side, parent, found)


def _copy_inputs(settings: Settings, side: _Side, chosen: set[str]) -> None:
    """Copy what the chosen nodes read and do not build."""
    import duckdb

    inputs = {parent for name in chosen for parent in side.parents(name)} - chosen
    try:
        with connect(side.settings.warehouse_path) as connection:
            attach(connection, settings.warehouse_path, _SOURCE)
            for name in sorted(inputs):
                node = side.nodes[name]
                table = f"{quoted(node['schema'])}.{quoted(node['alias'])}"
                connection.execute(f"create schema if not exists {quoted(node['schema'])}")
                connection.execute(f"create table {table} as select * from {_SOURCE}.{table}")
    except duckdb.CatalogException as error:
        raise CannotRun(
            f"{settings.warehouse_path} lacks a table that the rules read: build it with these"
            f" rules first ({str(error).partition(chr(10))[0]})"
        ) from error
    except duckdb.Error as error:
        raise CannotRun(f"{settings.warehouse_path} cannot be read: {error}") from error
