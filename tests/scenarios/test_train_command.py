"""`scoring train` and `scoring backtest` as a user types them, in a copy of the project."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from scoring.public_data import cdnow, source_folder

pytestmark = pytest.mark.full

SCORE = "lapse_risk"


@pytest.fixture(scope="module")
def project(project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("train") / "project"
    for name in ("macros", "models", "seeds", "snapshots", "tests/generic", "tests/singular"):
        shutil.copytree(project_dir / name, folder / name)
    for name in ("dbt_project.yml", "profiles.yml", "selectors.yml"):
        shutil.copy(project_dir / name, folder)
    (folder / "warehouse").mkdir()
    return folder


def _scoring(project_dir: Path, project: Path, *arguments: str, **environ: str) -> str:
    done = subprocess.run(
        [str(project_dir / ".venv" / "bin" / "scoring"), *arguments],
        cwd=project,
        env=os.environ | {"SCORING_PROJECT": str(project)} | environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _points(project: Path) -> list[dict[str, str]]:
    path = project / "seeds" / "reference" / "cards" / "score_points.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["score_name"] == SCORE]


def test_training_writes_a_draft_and_its_page(project_dir: Path, project: Path) -> None:
    raw = project / "raw"
    _scoring(
        *(project_dir, project, "simulate", str(raw)),
        *("--customers", "1500", "--days", "400", "--seed", "3"),
    )
    before = _points(project)

    said = _scoring(project_dir, project, "train", SCORE, SCORING_RAW=str(raw))

    after = _points(project)
    if "not written" in said:
        assert after == before
    else:
        versions = {row["score_version"] for row in after} - {r["score_version"] for r in before}
        (version,) = versions
        assert f"{SCORE}-{version}.md" in said
        page = (project / "docs" / "cards" / f"{SCORE}-{version}.md").read_text(encoding="utf-8")
        assert "chose nothing" in page
        assert [row for row in after if row["score_version"] != version] == before


def test_a_replay_prints_a_table_and_writes_its_page(
    project_dir: Path, project: Path, tmp_path: Path
) -> None:
    source = source_folder(project_dir)
    if not (source / cdnow.FILE).is_file():
        pytest.skip(f"{source} lacks {cdnow.FILE}: see docs/how-to/replay-the-past.md")

    said = _scoring(
        *(project_dir, project, "backtest", "cdnow"),
        *("--source", str(source), "--pages", str(tmp_path)),
    )

    assert "BG/NBD" in said
    assert "| BG/NBD |" in (tmp_path / "cdnow.md").read_text(encoding="utf-8")
