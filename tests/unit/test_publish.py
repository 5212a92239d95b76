from __future__ import annotations

import json
import shutil
import stat
from typing import TYPE_CHECKING

import duckdb
import pytest

from scoring.durable import sha256_of
from scoring.errors import CannotRun
from scoring.publish import current_folder, publish, read_manifest, remove_old_runs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import SmallProject

NO_PII: frozenset[str] = frozenset()


def _publish(project: SmallProject, run_id: str, pii: frozenset[str] = NO_PII) -> Path:
    return publish(project.build(run_id), pii, project.record(run_id)).folder


def _query(path: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_the_link_names_the_run_published_last(small_project: SmallProject) -> None:
    first = _publish(small_project, "run-1")
    assert current_folder(small_project.settings.published_dir) == first
    second = _publish(small_project, "run-2")
    assert current_folder(small_project.settings.published_dir) == second
    assert first.is_dir()


def test_manifest_states_rows_and_checksums_of_what_is_there(small_project: SmallProject) -> None:
    folder = _publish(small_project, "run-1")
    manifest = read_manifest(folder)
    assert manifest["run_id"] == "run-1"
    assert manifest["as_of_date"] == "2025-06-30"
    assert manifest["sector"] == "commerce"
    assert manifest["project_version"] == "1.2.3"
    assert manifest["raw_row_counts"] == {"sales.orders": 120}
    assert manifest["row_counts"]["marts.scored_customers"] == 20
    for name, count in manifest["row_counts"].items():
        assert _query(folder / "scoring.duckdb", f"select count(*) from {name}") == [(count,)]
    files = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert files == {*manifest["files"], "manifest.json"}
    for name, file in manifest["files"].items():
        assert file["sha256"] == sha256_of(folder / name)
        assert file["bytes"] == (folder / name).stat().st_size


def test_views_work_in_a_copied_and_renamed_file(
    small_project: SmallProject, tmp_path: Path
) -> None:
    folder = _publish(small_project, "run-1")
    small_project.settings.warehouse_path.unlink()
    copy = tmp_path / "elsewhere.duckdb"
    shutil.copy(folder / "scoring.duckdb", copy)
    assert _query(copy, "select count(*), sum(points) from marts.score_contributions") == [(20, 30)]


def test_only_marts_monitoring_and_what_their_views_read_are_public(
    small_project: SmallProject,
) -> None:
    folder = _publish(small_project, "run-1")
    found = _query(
        folder / "scoring.duckdb",
        "select table_schema || '.' || table_name from information_schema.tables order by all",
    )
    assert [name for (name,) in found] == [
        "marts.customer_scores",
        "marts.rejected_rows",
        "marts.score_contributions",
        "marts.score_history",
        "marts.scored_customers",
        "monitoring.mon_raw_accounting",
        "monitoring.pipeline_runs",
        "reference.score_points",
        "scores.score_bin_codes",
        "scores.score_points_used",
    ]


def test_the_restricted_file_holds_histories_and_is_for_its_owner(
    small_project: SmallProject,
) -> None:
    path = _publish(small_project, "run-1") / "restricted.duckdb"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = _query(
        path,
        "select table_schema || '.' || table_name from information_schema.tables order by all",
    )
    assert [name for (name,) in found] == [
        "marts.score_history",
        "monitoring.pipeline_runs",
        "restricted.rejected_raw_rows",
        "snapshots.snap_customers",
    ]


def test_the_published_runs_include_this_one(small_project: SmallProject) -> None:
    folder = _publish(small_project, "run-1")
    for name in ("scoring.duckdb", "restricted.duckdb"):
        assert _query(folder / name, "select run_id, status from monitoring.pipeline_runs") == [
            ("run-1", "published")
        ]


def test_parquet_rows_are_in_the_order_of_the_key(small_project: SmallProject) -> None:
    folder = _publish(small_project, "run-1") / "parquet"
    assert sorted(path.name for path in folder.iterdir()) == [
        "customer_scores.parquet",
        "rejected_rows.parquet",
        "score_history.parquet",
        "scored_customers.parquet",
    ]
    keys = [row[0] for row in duckdb.sql(f"from '{folder}/scored_customers.parquet'").fetchall()]
    assert keys == sorted(keys)
    assert len(keys) == 20


def test_equal_tables_make_equal_parquet_files(small_project: SmallProject) -> None:
    first = _publish(small_project, "run-1")
    small_project.build("run-1")
    small_project.execute(
        "create or replace table marts.scored_customers as"
        " from marts.scored_customers order by customer_id"
    )
    record = small_project.record("run-2")
    second = publish(small_project.settings, NO_PII, record).folder
    for path in first.glob("parquet/*.parquet"):
        assert path.read_bytes() == (second / "parquet" / path.name).read_bytes(), path.name


@pytest.mark.parametrize(
    "statement",
    [
        "alter table marts.customer_scores add column email varchar",
        "alter table reference.score_points add column email varchar",
        "create or replace view marts.score_contributions as select 'a' as email",
    ],
)
def test_a_column_that_identifies_people_stops_the_publish(
    small_project: SmallProject, statement: str
) -> None:
    good = _publish(small_project, "run-1")
    settings = small_project.build("run-2")
    small_project.execute(statement)
    with pytest.raises(CannotRun, match=r"identify people directly.*\.email"):
        publish(settings, frozenset({"email"}), small_project.record("run-2"))
    assert current_folder(settings.published_dir) == good


def test_identifiers_may_stay_in_the_restricted_file(small_project: SmallProject) -> None:
    settings = small_project.build("run-1")
    small_project.execute("alter table snapshots.snap_customers add column email varchar")
    assert publish(settings, frozenset({"email"}), small_project.record("run-1")).folder.is_dir()


def test_five_runs_are_kept_and_always_the_one_served(small_project: SmallProject) -> None:
    for number in range(1, 8):
        _publish(small_project, f"run-{number}")
    published = small_project.settings.published_dir
    kept = {path.name for path in published.iterdir()}
    assert kept == {"current", "run-3", "run-4", "run-5", "run-6", "run-7"}

    # Someone goes back to an old copy: it stays, however many runs come after.
    (published / "current").unlink()
    (published / "current").symlink_to("run-3")
    for name in ("run-8", "run-9"):
        shutil.copytree(published / "run-7", published / name)
    remove_old_runs(published)
    assert (published / "run-3").is_dir()
    assert not (published / "run-4").exists()


def test_a_run_id_is_published_once(small_project: SmallProject) -> None:
    _publish(small_project, "run-1")
    with pytest.raises(CannotRun, match="already published"):
        _publish(small_project, "run-1")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("drop table marts.scored_customers", "no table marts.scored_customers"),
        ("delete from marts.scored_customers", "has no rows"),
        ("drop table reference.score_points", r"reads reference\.score_points"),
    ],
)
def test_a_warehouse_that_lacks_something_is_not_published(
    small_project: SmallProject, statement: str, said: str
) -> None:
    settings = small_project.build("run-1")
    small_project.execute(statement)
    with pytest.raises(CannotRun, match=said):
        publish(settings, NO_PII, small_project.record("run-1"))
    assert not (settings.published_dir / "current").exists()


def test_without_dbt_manifest_nothing_is_published(small_project: SmallProject) -> None:
    (small_project.settings.target_dir / "manifest.json").unlink()
    with pytest.raises(CannotRun, match="no manifest"):
        _publish(small_project, "run-1")


def test_a_view_that_was_not_compiled_is_named(small_project: SmallProject) -> None:
    path = small_project.settings.target_dir / "manifest.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["nodes"]["model.small.score_contributions"]["compiled_code"]
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CannotRun, match=r"did not compile the view marts\.score_contributions"):
        _publish(small_project, "run-1")


def test_the_current_folder_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="nothing is published"):
        current_folder(tmp_path)


def test_names_with_quotes_are_published(
    tmp_path: Path, small_project_in: Callable[[Path], SmallProject]
) -> None:
    folder = tmp_path / 'o\'brien & "co"'
    folder.mkdir()
    project = small_project_in(folder)
    assert _publish(project, "run-1").is_dir()
