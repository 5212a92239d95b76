from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scoring.errors import CannotRun
from scoring.settings import new_run_id, read_settings


def test_without_variables_the_sample_is_scored(project_dir: Path) -> None:
    settings = read_settings({})
    assert settings.project_dir == project_dir
    assert settings.raw_location == project_dir / "data" / "sample"
    assert settings.warehouse_path == project_dir / "warehouse" / "sample.duckdb"
    assert settings.published_dir == project_dir / "published" / "sample"
    assert settings.sector == "commerce"
    assert settings.as_of_date is None


@pytest.mark.parametrize(
    ("raw", "stem"),
    [("build/panel", "panel"), ("build/panel/", "panel"), ("crm.duckdb", "crm"), ("v1.2", "v1")],
)
def test_warehouse_is_named_after_the_raw_location(raw: str, stem: str) -> None:
    settings = read_settings({"SCORING_RAW": raw})
    assert settings.warehouse_path.name == f"{stem}.duckdb"
    assert settings.published_dir.name == stem
    assert settings.stem == stem


def test_relative_paths_are_taken_from_the_project_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    project = tmp_path / "elsewhere"
    settings = read_settings({"SCORING_PROJECT": str(project), "SCORING_PUBLISHED": "out"})
    assert settings.project_dir == project
    assert settings.published_dir == project / "out"
    assert settings.raw_location == project / "data" / "sample"


def test_a_run_builds_one_model_at_a_time_unless_it_is_told_otherwise() -> None:
    assert read_settings({}).environment()["SCORING_THREADS"] == "1"
    assert read_settings({"SCORING_THREADS": "3"}).environment()["SCORING_THREADS"] == "3"


def test_an_empty_variable_counts_as_absent() -> None:
    empty = read_settings({"SCORING_RAW": "", "SCORING_AS_OF_DATE": "", "SCORING_RUN_ID": "a"})
    assert empty == read_settings({"SCORING_RUN_ID": "a"})


def test_as_of_date_is_read_and_given_to_dbt() -> None:
    settings = read_settings({"SCORING_AS_OF_DATE": "2025-06-30"})
    assert settings.as_of_date == date(2025, 6, 30)
    assert settings.environment()["SCORING_AS_OF_DATE"] == "2025-06-30"
    assert "SCORING_AS_OF_DATE" not in read_settings({}).environment()


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"SCORING_AS_OF_DATE": "2026-02-30"}, "2026-02-30"),
        ({"SCORING_AS_OF_DATE": "30/06/2025"}, "YYYY-MM-DD"),
        ({"SCORING_RUN_ID": "../escape"}, "SCORING_RUN_ID"),
        ({"SCORING_RUN_ID": ".."}, "SCORING_RUN_ID"),
        ({"SCORING_RAW": "a.duckdb", "SCORING_WAREHOUSE": "a.duckdb"}, "the same file"),
        ({"SCORING_RAW": "exports/marts"}, "SCORING_WAREHOUSE"),
        ({"SCORING_THREADS": "0"}, "SCORING_THREADS"),
        ({"SCORING_THREADS": "two"}, "whole number"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(variables: dict[str, str], said: str) -> None:
    with pytest.raises(CannotRun, match=said):
        read_settings(variables)


def test_run_ids_sort_by_time_and_differ() -> None:
    early = new_run_id(datetime(2025, 6, 30, 23, 59, 59, tzinfo=UTC))
    late = new_run_id(datetime(2025, 7, 1, tzinfo=UTC))
    assert early < late
    assert early.startswith("20250630T235959Z-")
    assert new_run_id() != new_run_id()
