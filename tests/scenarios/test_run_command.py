"""`scoring run` as a scheduler sees it: exit code, one message, what is recorded and served."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scoring.lock import hold
from scoring.publish import publish
from scoring.settings import read_settings
from scoring.warehouse import connect
from tests.conftest import PROJECT
from tests.support.programs import SCORING, without_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scoring.settings import Settings
    from tests.conftest import SmallProject
    from tests.support.programs import Programs

    Run = Callable[..., subprocess.CompletedProcess[str]]

_FILES = {
    "dbt_project.yml": """
name: small
version: "1.2.3"
profile: small
flags: {send_anonymous_usage_stats: false}
models: {small: {+materialized: table, +tags: [landing]}}
""",
    "profiles.yml": """
small:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: "{{ env_var('SCORING_WAREHOUSE') }}", threads: 2}
""",
    "selectors.yml": """
selectors:
  - name: landing
    definition: "tag:landing"
""",
    "macros/check_contract.sql": """
{% macro check_contract() %}
    {% if execute and not graph.sources %}
        {{ exceptions.raise_compiler_error("the contract is empty") }}
    {% elif env_var("LACKS_A_COLUMN", "") %}
        {{ exceptions.raise_compiler_error("sales.orders lacks the required column amount.") }}
    {% endif %}
{% endmacro %}
""",
    "models/people.sql": """
select 'c1' as customer_id, 'zoe@example.com' as email union all select 'c1', 'x@example.com'
""",
    "models/amounts.sql": "select {{ env_var('AMOUNT', '1') }} as amount from {{ ref('people') }}",
    "models/staging/crm/_crm__sources.yml": """
sources:
  - name: crm
    tables:
      - name: customers
        config: {meta: {key: [customer_id]}}
        columns:
          - {name: email, data_type: text, description: "E-mail.", config: {meta: {pii: true}}}
""",
    "raw/crm/customers.csv": "email\n",
    "seeds/sectors/commerce/README.md": "",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    for name, text in _FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _environment(project: Path, **variables: str) -> dict[str, str]:
    return {
        **without_settings(),
        "SCORING_PROJECT": str(project),
        "SCORING_RAW": "raw",
        **variables,
    }


@pytest.fixture
def run(programs: Programs, project: Path) -> Run:
    """Runs `scoring run` in a process of its own, with these settings."""

    def run(**variables: str) -> subprocess.CompletedProcess[str]:
        environment = _environment(project, **variables)
        return programs.run(SCORING, "run", environment=environment, folder=PROJECT)

    return run


def _settings(project: Path) -> Settings:
    return read_settings(_environment(project))


def _recorded(project: Path) -> list[tuple[object, ...]]:
    with connect(_settings(project).warehouse_path, read_only=True) as connection:
        return connection.execute(
            "select run_id, status, exit_code, message from monitoring.pipeline_runs order by all"
        ).fetchall()


def test_missing_raw_data_are_named_and_nothing_is_built(project: Path, run: Run) -> None:
    result = run(SCORING_RAW="nowhere")
    assert result.returncode == 2
    assert result.stderr.startswith("scoring: there are no raw data at ")
    assert len(result.stderr.splitlines()) == 1
    assert not (project / "warehouse").exists()


def test_an_unknown_sector_is_answered_with_the_known_ones(run: Run) -> None:
    result = run(SCORING_SECTOR="farming")
    assert result.returncode == 2
    assert "'farming', which is none of: commerce" in result.stderr


def test_a_held_warehouse_ends_the_run_with_its_own_code(project: Path, run: Run) -> None:
    with hold(_settings(project).lock_path, "another-run"):
        result = run()
    assert result.returncode == 3
    assert f"in use by process {os.getpid()} (run another-run) since" in result.stderr
    assert not _settings(project).warehouse_path.exists()


def test_a_missing_required_column_stops_the_run_before_anything_is_built(
    project: Path, run: Run
) -> None:
    result = run(LACKS_A_COLUMN="yes", SCORING_RUN_ID="run-1")
    assert result.returncode == 2
    assert "sales.orders lacks the required column amount." in result.stderr
    assert "Traceback" not in result.stderr
    assert _recorded(project) == [
        ("run-1", "failed", 2, "the raw contract failed: 1 failed, 0 skipped")
    ]


def test_a_failed_data_test_shows_its_rows_without_identifiers(project: Path, run: Run) -> None:
    test = project / "tests" / "nobody_is_listed_twice.sql"
    test.parent.mkdir()
    test.write_text("select * from {{ ref('people') }}", encoding="utf-8")
    result = run(SCORING_RUN_ID="run-1")
    assert result.returncode == 1
    assert "nobody_is_listed_twice" in result.stderr
    assert result.stderr.count("c1           (masked)") == 2
    assert "example.com" not in result.stderr
    assert [row[:3] for row in _recorded(project)] == [("run-1", "failed", 1)]


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("models/amounts.sql", "select nope from {{ ref('people') }}", 'column "nope" not found'),
        ("models/amounts.sql", "select 1 from {{ ref('nothing') }}", "nothing"),
        ("models/amounts.sql", "select {{ 1 ", "amounts.sql"),
        ("profiles.yml", "small: {}", "profile"),
    ],
)
def test_what_cannot_be_built_is_named_without_a_trace(
    project: Path, run: Run, file: str, text: str, said: str
) -> None:
    (project / file).write_text(text, encoding="utf-8")
    result = run()
    assert result.returncode == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_warehouse_that_is_no_database_is_named(project: Path, run: Run) -> None:
    path = _settings(project).warehouse_path
    path.parent.mkdir()
    path.write_bytes(b"not a database" * 1000)
    result = run()
    assert result.returncode == 2
    assert str(path) in result.stderr
    assert "Traceback" not in result.stderr


def test_a_warehouse_that_someone_reads_is_named(project: Path, run: Run) -> None:
    path = _settings(project).warehouse_path
    path.parent.mkdir()
    with connect(path):
        result = run()
    assert result.returncode == 2
    assert "cannot be opened" in result.stderr


def test_a_failed_run_leaves_the_last_good_copy_and_its_history(
    project: Path, run: Run, small_project: SmallProject
) -> None:
    settings = small_project.build("run-1")
    published = _settings(project).published_dir
    good = publish(settings, frozenset(), small_project.record("run-1")).folder
    published.parent.mkdir(parents=True)
    good.parent.rename(published)

    result = run(LACKS_A_COLUMN="yes", SCORING_RUN_ID="run-2")

    assert result.returncode == 2
    assert (published / "current").resolve().name == "run-1"
    # The lost warehouse got its run records back, and the failed run beside them.
    assert [row[:2] for row in _recorded(project)] == [("run-1", "published"), ("run-2", "failed")]


def test_help_names_the_exit_codes() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "scoring.cli", "--help"], capture_output=True, text=True, check=True
    )
    assert "0 ok, 1 checks failed, 2 could not run, 3 locked" in " ".join(result.stdout.split())


def test_help_imports_nothing_heavy() -> None:
    heavy = {"rich", "dbt", "duckdb", "pandas", "pyarrow", "great_expectations", "yaml"}
    code = f"import sys, scoring.cli; print(sorted({heavy!r} & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
