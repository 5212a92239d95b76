from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scoring.errors import CannotRun
from scoring.publish import publish
from scoring.restore import restore_history
from scoring.settings import Settings
from scoring.warehouse import connect

if TYPE_CHECKING:
    from tests.conftest import SmallProject


@pytest.fixture
def published(small_project: SmallProject) -> Settings:
    settings = small_project.build("run-1")
    publish(settings, frozenset(), small_project.record("run-1"))
    return settings


def _rows(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with connect(settings.warehouse_path, read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_histories_come_back_into_a_lost_warehouse(published: Settings) -> None:
    published.warehouse_path.unlink()
    restored = restore_history(published.warehouse_path, published.published_dir)
    assert restored == (
        "marts.score_history",
        "monitoring.pipeline_runs",
        "snapshots.snap_customers",
    )
    assert _rows(published, "from snapshots.snap_customers") == [("c1", "50-74K")]
    assert _rows(published, "select count(*) from marts.score_history") == [(20,)]
    assert _rows(published, "select run_id from monitoring.pipeline_runs") == [("run-1",)]


def test_a_history_that_the_warehouse_has_is_left_alone(
    published: Settings, small_project: SmallProject
) -> None:
    small_project.execute("insert into snapshots.snap_customers values ('c1', '75-99K')")
    small_project.execute("drop table marts.score_history")
    restored = restore_history(published.warehouse_path, published.published_dir)
    assert restored == ("marts.score_history", "monitoring.pipeline_runs")
    assert _rows(published, "select count(*) from snapshots.snap_customers") == [(2,)]


def test_without_a_published_copy_nothing_is_made(small_project: SmallProject) -> None:
    settings = small_project.settings
    settings.warehouse_path.unlink()
    assert restore_history(settings.warehouse_path, settings.published_dir) == ()
    assert not settings.warehouse_path.exists()


def test_a_damaged_copy_is_named(published: Settings) -> None:
    path = published.published_dir / "current" / "restricted.duckdb"
    path.write_bytes(b"not a database")
    published.warehouse_path.unlink()
    with pytest.raises(CannotRun, match=r"restricted\.duckdb"):
        restore_history(published.warehouse_path, published.published_dir)
