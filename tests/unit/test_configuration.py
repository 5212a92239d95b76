"""Bad configuration is refused with file, line and remedy, all of it at once."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from scoring.configuration import check_configuration, refuse_bad_configuration, sectors_of
from scoring.errors import CannotRun

if TYPE_CHECKING:
    from pathlib import Path

Cells = dict[str, str]

SECTOR = "commerce"
CATALOGUE, BINS, POINTS = "score_catalogue", "feature_bins", "score_points"
PROPENSITY, LAPSE = {"score_name": "purchase_propensity"}, {"score_name": "lapse_risk"}
OFF = {"is_on": "false"}
COUPON = {"bin_set": "retail_1", "feature": "coupon_amount_91d"}
CARD = {"score_name": "campaign_response", "score_version": "1", **COUPON}
# Seed, which row, what to write into it, and what is said of it.
FAULTS: list[tuple[str, Cells, Cells, str]] = [
    (CATALOGUE, LAPSE, {"score_name": "lapse_rsik"}, "Did you mean lapse_risk?"),
    (CATALOGUE, PROPENSITY, {"horizon_days": "0"}, "horizon_days is 0"),
    (CATALOGUE, PROPENSITY, {"overall_weight": "-2"}, "overall_weight is -2"),
    (CATALOGUE, PROPENSITY, {"overall_weight": ""}, "no overall_weight"),
    (CATALOGUE, OFF, {"overall_weight": "3"}, "do not add up"),
    (CATALOGUE, PROPENSITY, {"score_version": "99"}, "no card of version 99"),
    ("score_references", LAPSE, {"score_name": "overall"}, "without a reference"),
    ("score_references", LAPSE, {"reference_value": "-1"}, "reference_value is -1"),
    ("score_targets", LAPSE, {"horizon_days": "0"}, "horizon_days is 0"),
    ("score_targets", LAPSE, {"target_kind": "no_ordr_in_horizon"}, "unknown target_kind"),
    ("score_requirements", LAPSE, {"feature": "days_since_lst_order"}, "unknown feature"),
    (BINS, COUPON | {"bin": "2"}, {"lower_bound": "0"}, "overlap"),
    (BINS, COUPON | {"bin": "2"}, {"lower_bound": "0.5"}, "fall nowhere"),
    (BINS, COUPON | {"bin": "0"}, {"bin": "9"}, "(missing) is missing"),
    (BINS, COUPON | {"bin": "1"}, {"feature": "coupon_amount"}, "unknown feature"),
    (POINTS, CARD | {"bin": "4"}, {"bin": "7"}, "no points for the bin 4"),
    (POINTS, CARD | {"bin": "1"}, {"bin_set": "retail_9"}, "unknown bin set"),
    (POINTS, CARD | {"bin": "1"}, {"points": "much"}, "is not a number"),
    (POINTS, {"score_name": "score_name"}, {"score_version": "version"}, "Did you mean score_ver"),
    ("score_texts", LAPSE, {"meaning_of_5_fr": ""}, "meaning_of_5_fr says nothing"),
    ("score_bands", {"grade": "B"}, {"grade": "A"}, "grade A is on line 2 too"),
    ("segment_cutoffs", {"dimension": "value", "level": "5"}, {"lower_bound": "9999999"}, "gap"),
    (CATALOGUE, {"grain": "offer"}, {"grain": "campaign"}, "a second score of campaigns is on"),
]


@pytest.fixture
def project(project_dir: Path, tmp_path: Path) -> Path:
    shutil.copytree(project_dir / "seeds", tmp_path / "seeds")
    shutil.copy(project_dir / "dbt_project.yml", tmp_path)
    return tmp_path


def _edit(project: Path, seed: str, where: Cells, cells: Cells) -> None:
    """Change cells of the first row of a seed that has those of `where`; the header is a row."""
    paths = [p for p in project.rglob(f"{seed}.csv") if {"reference", SECTOR} & set(p.parts)]
    assert len(paths) == 1
    with paths[0].open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    places = {name: place for place, name in enumerate(rows[0])}
    row = next(row for row in rows if all(row[places[name]] == where[name] for name in where))
    for name, text in cells.items():
        row[places[name]] = text
    with paths[0].open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def test_the_configuration_of_every_sector_is_sound(project_dir: Path) -> None:
    refuse_bad_configuration(project_dir, sectors_of(project_dir))


@pytest.mark.parametrize(("seed", "where", "cells", "said"), FAULTS)
def test_a_fault_is_named_with_its_row(
    project: Path, seed: str, where: Cells, cells: Cells, said: str
) -> None:
    _edit(project, seed, where, cells)
    problems = check_configuration(project, SECTOR)
    assert any(said in problem.text() for problem in problems), [p.text() for p in problems]
    assert all(problem.remedy for problem in problems)
    blamed = [problem for problem in problems if said in problem.text()]
    assert all(problem.line > 0 and problem.path.endswith(".csv") for problem in blamed)


def test_all_problems_are_told_at_once(project: Path) -> None:
    for seed, where, cells, _ in (FAULTS[1], FAULTS[2], FAULTS[6]):
        _edit(project, seed, where, cells)
    with pytest.raises(CannotRun) as caught:
        refuse_bad_configuration(project, [SECTOR])
    text = str(caught.value)
    assert all(said in text for said in ("horizon_days is 0", "is -2", "without a reference"))


def test_a_run_stops_before_anything_is_built(project: Path) -> None:
    _edit(project, *FAULTS[1][:3])
    (project / "raw").mkdir()
    result = subprocess.run(
        [sys.executable, "-m", "scoring.cli", "run"],
        env=os.environ | {"SCORING_PROJECT": str(project), "SCORING_RAW": "raw"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert ": purchase_propensity: horizon_days is 0" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (project / "warehouse").exists()
