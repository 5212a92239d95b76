"""`scoring train` and `scoring backtest` as a user types them, in a copy of the project."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest

from scoring.public_data import cdnow
from tests.support.programs import SCORING, without_settings
from tests.support.seed_cards import read_rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.programs import Programs

pytestmark = pytest.mark.full

SCORE = "purchase_propensity"
BUYERS = 200
COMPANY = ("--customers", "1000", "--days", "400", "--seed", "3")


@dataclass(frozen=True)
class Project:
    """A copy of the project, whose seeds may be changed."""

    folder: Path
    programs: Programs

    def scoring(self, *arguments: str, raw: Path) -> str:
        environment = {
            **without_settings(),
            "SCORING_PROJECT": str(self.folder),
            "SCORING_RAW": str(raw),
        }
        done = self.programs.run(SCORING, *arguments, environment=environment, folder=self.folder)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def written(self) -> dict[str, bytes]:
        """What training may write: seeds and pages."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for name in ("seeds", "docs")
            for path in sorted((self.folder / name).rglob("*"))
            if path.is_file()
        }

    def rows(self, name: str) -> list[dict[str, str]]:
        return read_rows(self.folder / "seeds" / "reference" / "cards" / f"{name}.csv")


@pytest.fixture
def project(project_copy: Path, programs: Programs) -> Project:
    return Project(project_copy, programs)


def test_training_twice_writes_the_same_draft_and_touches_no_other_card(
    project: Project, tmp_path: Path
) -> None:
    raw = tmp_path / "company"
    project.scoring("simulate", str(raw), *COMPANY, raw=raw)
    before = {name: project.rows(name) for name in ("score_points", "feature_bins")}
    train = ("train", SCORE, "--by-hand", f"{SCORE}=1")

    said = project.scoring(*train, raw=raw)
    first = project.written()
    project.scoring(*train, raw=raw)

    assert "not written" not in said
    assert project.written() == first
    for name, rows in before.items():
        assert project.rows(name)[: len(rows)] == rows
    draft = project.rows("score_points")[len(before["score_points"]) :]
    (version,) = {row["score_version"] for row in draft}
    assert {row["score_name"] for row in draft} == {SCORE}
    page = (project.folder / "docs" / "cards" / f"{SCORE}-{version}.md").read_text("utf-8")
    assert "chose nothing" in page
    worded = {row["feature"] for row in project.rows("reason_texts")}
    assert {row["feature"] for row in draft} - {"(base)"} <= worded
    assert "the configuration is sound" in project.scoring("check-config", raw=raw)


def test_a_replay_prints_a_table_and_writes_its_page(project: Project, tmp_path: Path) -> None:
    """A made-up file in place of the published one: as many rows of fewer people."""
    random = np.random.default_rng(1)
    rates = random.gamma(1.0, size=BUYERS)
    people = random.choice(BUYERS, cdnow.ROWS, p=rates / rates.sum())
    people[:BUYERS] = np.arange(BUYERS)
    after = random.integers(0, 549, cdnow.ROWS)
    # Everybody buys in the first weeks, and somebody on the last day of the published set.
    after[:BUYERS] %= 84
    after[-1] = 548
    days = np.datetime64("1997-01-01") + after
    lines = [
        f" {person:05} {person:04} {str(day).replace('-', '')}  1  {amount:6.2f}\n"
        for person, day, amount in zip(people, days, random.uniform(5, 50, cdnow.ROWS), strict=True)
    ]
    with gzip.open(tmp_path / cdnow.FILE, "wt", encoding="utf-8") as stream:
        stream.writelines(lines)

    said = project.scoring(
        *("backtest", "cdnow", "--source", str(tmp_path), "--pages", str(tmp_path / "pages")),
        raw=tmp_path,
    )

    assert "BG/NBD" in said
    page = (tmp_path / "pages" / "cdnow.md").read_text(encoding="utf-8")
    assert "| BG/NBD |" in page
    assert f"rows of {BUYERS} people" in page
