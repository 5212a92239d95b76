"""Who moves when a card changes: everybody who does, and a change on its own beside a warehouse."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from scoring.diff import Difference, diff
from scoring.diff.show import as_markdown
from scoring.errors import CannotRun
from scoring.progress import Steps
from scoring.settings import Settings
from scoring.warehouse import connect
from tests.support.programs import DBT, without_settings

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.scenarios.conftest import Warehouse
    from tests.support.programs import Programs

SCORE, RAISED = "purchase_propensity", Decimal("1.250")
SECTOR = "seeds/sectors/commerce"


def _git(folder: Path, *arguments: str) -> None:
    named = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    subprocess.run(["git", "-C", str(folder), *named, *arguments], check=True, capture_output=True)


def _rewrite(path: Path, change: dict[str, str], where: dict[str, str]) -> None:
    """Change cells of the rows of a seed that have those of `where`."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        if all(row[name] == text for name, text in where.items()):
            row.update(change)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def project(project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project in a repository of its own, with a card changed and not committed."""
    folder = tmp_path_factory.mktemp("diff") / "project"
    for name in ("macros", "models", "seeds", "snapshots", "tests/generic", "tests/singular"):
        shutil.copytree(project_dir / name, folder / name)
    for name in ("dbt_project.yml", "profiles.yml", "selectors.yml"):
        shutil.copy(project_dir / name, folder)
    (folder / "warehouse").mkdir()
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message=before")
    with (folder / SECTOR / "score_catalogue.csv").open(encoding="utf-8", newline="") as stream:
        version = next(
            r["score_version"] for r in csv.DictReader(stream) if r["score_name"] == SCORE
        )
    card = {"score_name": SCORE, "score_version": version, "feature": "(base)"}
    points = folder / "seeds" / "reference" / "cards" / "score_points.csv"
    with points.open(encoding="utf-8", newline="") as stream:
        base = next(
            Decimal(row["points"])
            for row in csv.DictReader(stream)
            if all(row[name] == text for name, text in card.items())
        )
    _rewrite(points, {"points": str(base + RAISED)}, card)
    return folder


@pytest.fixture(scope="module")
def settings(project: Path, built_sample: Warehouse, sample_raw: Path) -> Settings:
    return Settings(
        project_dir=project,
        raw_location=sample_raw,
        warehouse_path=built_sample.path,
        published_dir=project / "published",
        sector="commerce",
        as_of_date=None,
        run_id="compared",
    )


@pytest.fixture(scope="module")
def difference(settings: Settings) -> Difference:
    return diff(settings, "main", Steps(Console(quiet=True)))


def _expected_grades(built_sample: Warehouse) -> dict[str, tuple[str, str]]:
    """Grades before and after, by hand: the raised score's share of the overall score."""
    bands = built_sample.rows("select grade, lower_bound, upper_bound from reference.score_bands")

    def grade(score: float) -> str:
        return next(
            str(name)
            for name, lower, upper in bands
            if (lower is None or score >= lower) and (upper is None or score < upper)
        )

    rows = built_sample.rows(
        f"""
        select
            overall.customer_id,
            overall.score_raw,
            coalesce(sum(case when catalogue.score_name = '{SCORE}' then overall_weight end), 0),
            sum(catalogue.overall_weight)
        from marts.customer_scores as overall
        inner join marts.customer_scores as parts using (customer_id)
        inner join reference.score_catalogue as catalogue on parts.score_name = catalogue.score_name
        where overall.score_name = 'overall' and overall.score is not null
            and parts.score is not null and catalogue.overall_weight > 0 and catalogue.is_on
        group by all
        """
    )
    return {
        person: (grade(raw), grade(round(raw + RAISED * weight / total, 3)))
        for person, raw, weight, total in rows
    }


def test_everybody_who_changes_grade_is_counted(
    difference: Difference, built_sample: Warehouse
) -> None:
    grades = _expected_grades(built_sample)
    expected = {person for person, (before, after) in grades.items() if before != after}
    assert expected
    moved = [move for move in difference.moves if move.kind == "grade"]
    assert sum(move.people for move in moved) == len(expected)
    assert {(move.before, move.after) for move in moved} == {grades[person] for person in expected}
    assert difference.changed == ("score_points",)
    amounts = dict(
        built_sample.rows("select customer_id, customer_value_amount from marts.scored_customers")
    )
    assert difference.worth_name == "expected amount"
    assert difference.worth == pytest.approx(
        float(sum(amounts[person] or 0 for person in expected))
    )
    scored = built_sample.rows(
        f"select count(*) from marts.customer_scores where score_name = '{SCORE}' and score < 10"
    )
    changes = {move.name: move for move in difference.scores}
    assert changes[SCORE].people == scored[0][0]
    assert changes[SCORE].largest_change == RAISED
    assert changes["customer_value"].people == 0


def test_the_page_for_a_pull_request_names_keys_alone(difference: Difference) -> None:
    page = as_markdown(difference)
    assert f"**{difference.movers:,} of" in page or f" {difference.movers:,} of " in page
    assert all(f"| {person.customer_id} |" in page for person in difference.persons)
    assert "@" not in page


def test_what_cannot_be_compared_is_said(settings: Settings) -> None:
    quiet = Steps(Console(quiet=True))
    with pytest.raises(CannotRun, match="git cannot give nowhere"):
        diff(settings, "nowhere", quiet)
    missing = replace(settings, warehouse_path=settings.warehouse_path.with_name("no.duckdb"))
    with pytest.raises(CannotRun, match="build it with"):
        diff(missing, "main", quiet)


def test_a_change_builds_alone_beside_the_warehouse(
    programs: Programs,
    project: Path,
    built_sample: Warehouse,
    sample_raw: Path,
    manifest: dict[str, Any],
) -> None:
    """`--select state:modified+ --defer`: what is not built is read from the attached file."""
    state = project / "build" / "state"
    state.mkdir(parents=True)
    (state / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    paths = {"SCORING_RAW": str(sample_raw), "SCORING_WAREHOUSE": str(built_sample.path)}
    result = programs.run(
        DBT,
        *("build", "--target", "changes", "--select", "state:modified+", "--defer"),
        *("--state", str(state)),
        *("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"),
        environment=without_settings() | paths,
        folder=project,
    )
    assert result.returncode == 0, result.stdout
    with connect(project / "warehouse" / "changes.duckdb", read_only=True) as connection:
        built = {
            name
            for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()
        }
        people = connection.execute("select count(*) from marts.scored_customers").fetchone()
    assert {"score_points", "scored_customers"} <= built
    assert not {"feat_customers", "int_spine", "score_catalogue"} & built
    assert people == built_sample.rows("select count(*) from marts.scored_customers")[0]
