"""Every sector runs whole, and a fifth one is a folder of seeds."""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scoring.warehouse import connect
from tests.support.programs import SCORING, without_settings
from tests.support.seed_cards import read_rows

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.support.programs import Programs

pytestmark = pytest.mark.full

PEOPLE = "400"
FIFTH, LIKE = "travel", "ecommerce"
CARD = "401"
# docs/how-to/add-a-sector.md, step by step: bins with the share of each, points centred on them.
BINS = """travel_1,order_count_364d,-1,absent,,,,not delivered,non livré,0
travel_1,order_count_364d,0,missing,,,,unknown,inconnu,0
travel_1,order_count_364d,1,range,,1,,none,aucun,0.5
travel_1,order_count_364d,2,range,1,,,1 or more,1 ou plus,0.5
"""
POINTS = f"""purchase_propensity,{CARD},travel_1,(base),0,0.250
purchase_propensity,{CARD},travel_1,order_count_364d,-1,0
purchase_propensity,{CARD},travel_1,order_count_364d,0,0
purchase_propensity,{CARD},travel_1,order_count_364d,1,-1.500
purchase_propensity,{CARD},travel_1,order_count_364d,2,1.500
"""


@dataclass(frozen=True)
class Project:
    """A copy of the project, whose seeds may be changed."""

    folder: Path
    programs: Programs

    def scoring(self, *arguments: str, sector: str, raw: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **without_settings(),
            "SCORING_PROJECT": str(self.folder),
            "SCORING_SECTOR": sector,
            "SCORING_RAW": str(self.folder / raw),
        }
        return self.programs.run(SCORING, *arguments, environment=environment, folder=self.folder)

    def simulated(self, sector: str) -> str:
        """A small company of a simulated trade."""
        raw = f"company-{sector}"
        options = ("--customers", PEOPLE, "--sector", sector, "--seed", "5")
        done = self.scoring("simulate", str(self.folder / raw), *options, sector=sector, raw=raw)
        assert done.returncode == 0, done.stderr
        return raw

    def published(self, raw: str, query: str) -> list[tuple[object, ...]]:
        with connect(
            self.folder / "published" / raw / "current" / "scoring.duckdb", read_only=True
        ) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def project(project_copy: Path, programs: Programs) -> Project:
    return Project(project_copy, programs)


@pytest.mark.parametrize("sector", ["commerce", "ecommerce", "banking", "real_estate"])
def test_a_sector_runs_from_raw_data_to_its_summary(project: Project, sector: str) -> None:
    raw = project.simulated(sector)

    done = project.scoring("run", sector=sector, raw=raw)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"sector {sector}" in done.stdout + done.stderr
    catalogue = read_rows(project.folder / "seeds" / "sectors" / sector / "score_catalogue.csv")
    live = {row["score_name"] for row in catalogue if row["is_on"] == "true"}
    scored = project.published(
        raw, "select distinct score_name from marts.customer_scores where score is not null"
    )
    of_people = {row["score_name"] for row in catalogue if row["grain"] == "person"}
    assert {name for (name,) in scored} == live & of_people


def test_a_fifth_sector_is_made_by_the_how_to(project: Project) -> None:
    sectors = project.folder / "seeds" / "sectors"
    shutil.copytree(sectors / LIKE, sectors / FIFTH)
    raw = project.simulated(LIKE)
    done = project.scoring("run", sector=FIFTH, raw=raw)
    assert done.returncode == 0, "a copy works at once: " + done.stdout + done.stderr

    cards = project.folder / "seeds" / "reference" / "cards"
    for name, rows in (("feature_bins", BINS), ("score_points", POINTS)):
        with (cards / f"{name}.csv").open("a", encoding="utf-8") as stream:
            stream.write(rows)
    _edit(
        sectors / FIFTH / "score_catalogue.csv",
        {
            "purchase_propensity": {"score_version": CARD, "horizon_days": "182"},
            "satisfaction": {"is_on": "false", "overall_weight": "0"},
        },
    )
    checked = project.scoring("check-config", sector=FIFTH, raw=raw)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    done = project.scoring("run", sector=FIFTH, raw=raw)

    assert done.returncode == 0, done.stdout + done.stderr
    assert project.published(
        raw,
        "select distinct score_version, score from marts.customer_scores"
        " where score_name = 'purchase_propensity' order by score",
    ) == [(int(CARD), 3.75), (int(CARD), 6.75)]
    assert project.published(
        raw,
        "select distinct satisfaction_reason_missing from marts.scored_customers"
        " where lifecycle not in ('not_profiled', 'deleted')",
    ) == [("not in sector",)]


def test_a_card_of_campaigns_speaks_where_the_sector_has_one(project: Project) -> None:
    """Here it is made the card of the person, so that both must say the same."""
    seeds = project.folder / "seeds"
    for path in (
        seeds / "reference" / "score_texts.csv",
        seeds / "reference" / "cards" / "score_points.csv",
        *(seeds / "sectors" / "commerce").glob("score_[cr]*.csv"),
    ):
        rows = [row for row in read_rows(path) if row["score_name"] != "campaign_answer"]
        of_pair = {"score_name": "campaign_answer", "overall_weight": "0", "grain": "campaign"}
        copies = [{**row, **of_pair} for row in rows if row["score_name"] == "campaign_response"]
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(
                stream, list(rows[0]), extrasaction="ignore", lineterminator="\n"
            )
            writer.writeheader()
            writer.writerows([*rows, *copies])
    raw = project.simulated("commerce")

    done = project.scoring("run", sector="commerce", raw=raw)

    assert done.returncode == 0, done.stdout + done.stderr
    assert project.published(
        raw,
        "select distinct targets.score_name, targets.score_raw = persons.score_raw"
        " from marts.campaign_targets as targets inner join marts.customer_scores as persons"
        " using (customer_id, as_of_date) where persons.score_name = 'campaign_response'",
    ) == [("campaign_answer", True)]


def _edit(path: Path, cells: dict[str, dict[str, str]]) -> None:
    rows = read_rows(path)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, **cells.get(row["score_name"], {})} for row in rows)
