"""Cards that a simulated company trains on its own past find its causes, and nothing else."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rich.console import Console

from scoring.progress import Steps
from scoring.settings import Settings
from scoring.simulate import simulate
from scoring.simulate.plan import make_plan
from scoring.simulate.profiles import INFORMATIVE, UNRELATED
from scoring.simulate.sectors import find_sector
from scoring.training.plans import Options
from scoring.training.train import default_workspace, train
from scoring.warehouse import connect
from tests.support.causes import LEARNED, features_with_truth, recovered_by

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from scoring.contract import Contract
    from scoring.training.cards import Card
    from tests.support.causes import Cause

pytestmark = pytest.mark.full

# In one year a horizon of 91 days leaves one date to learn from, with two months behind it. Chance
# differences between few people return on every date: many people on few dates, not the reverse.
PEOPLE, DAYS = 6_000, 730
LAST_DATE, DATE_COUNT, DAYS_BETWEEN = date(2025, 4, 1), 7, 92
LINKED = ("models", "macros", "snapshots", "tests", "selectors.yml", "profiles.yml")
# In the simulator nothing that anybody does follows from these.
NULL_FEATURES = (
    f"attribute_{UNRELATED}",
    "acquisition_source",
    "children_count",
    "country",
    "household_size",
    "marital_status",
    "region",
    "sex",
)
MOST_RANGE = 0.1


@dataclass(frozen=True)
class Trained:
    """A simulated company, the cards that it trained, and its people beside the truth."""

    cards: Mapping[str, Card]
    people: pd.DataFrame


@pytest.fixture(scope="module")
def trained(
    project_dir: Path, contract: Contract, tmp_path_factory: pytest.TempPathFactory
) -> Trained:
    folder = tmp_path_factory.mktemp("trained")
    plan = make_plan(
        customers=PEOPLE,
        days=DAYS,
        seed=11,
        sector=find_sector("commerce"),
        dirt=0.01,
        late=0.05,
    )
    made = simulate(folder / "raw", plan, contract)
    settings = Settings(
        project_dir=_project(project_dir, folder / "project"),
        raw_location=made.folder,
        warehouse_path=folder / "warehouse" / "commerce.duckdb",
        published_dir=folder / "published",
        sector="commerce",
        as_of_date=None,
        run_id="trained",
    )
    names = [cause.score for cause in LEARNED]
    dates = tuple(
        LAST_DATE - timedelta(days=DAYS_BETWEEN * number) for number in reversed(range(DATE_COUNT))
    )
    found = train(settings, names, Options(dates=dates), Steps(Console(quiet=True)))
    workspace = default_workspace(settings) / f"{settings.stem}-training.duckdb"
    with connect(workspace, read_only=True) as connection:
        people = features_with_truth(connection, made.truth)
    return Trained({one.score_name: one.card for one in found}, people)


def _project(project_dir: Path, folder: Path) -> Path:
    """The project with seeds of its own, that have words for the company's own fields."""
    folder.mkdir()
    for name in LINKED:
        (folder / name).symlink_to(project_dir / name)
    shutil.copy(project_dir / "dbt_project.yml", folder)
    shutil.copytree(project_dir / "seeds", folder / "seeds")
    (folder / "docs" / "cards").mkdir(parents=True)
    with (folder / "seeds/reference/cards/reason_texts.csv").open("a", encoding="utf-8") as texts:
        for name in (INFORMATIVE, UNRELATED):
            texts.write(f"attribute_{name},{name}: {{label}},{name} : {{label}}\n")
    return folder


@pytest.mark.parametrize("cause", LEARNED, ids=lambda cause: str(cause.score))
def test_trained_cards_find_their_causes(trained: Trained, cause: Cause) -> None:
    found = recovered_by(trained.cards[cause.score], trained.people, cause)

    print(f"| commerce, trained | {cause.score} | {found.correlation:.2f} | {found.people:,} |")  # noqa: T201
    assert found.correlation >= cause.least


def test_null_effects_stay_null(trained: Trained) -> None:
    """A feature that has nothing to do with the outcome moves no score by more than a tenth."""
    ranges = {
        (score, feature): float(np.ptp([points for code, points in table.items() if code >= 0]))
        for score, card in trained.cards.items()
        for (_, feature), table in card.points.items()
        if feature in NULL_FEATURES
    }

    print(ranges)  # noqa: T201 - shown with -rP: which of them were taken at all
    assert {key: size for key, size in ranges.items() if size > MOST_RANGE} == {}


def test_an_informative_field_of_the_company_is_taken(trained: Trained) -> None:
    """The field that tells of activity is beside the one that tells nothing: it can be found."""
    features = {feature for card in trained.cards.values() for _, feature in card.points}

    assert f"attribute_{INFORMATIVE}" in features
