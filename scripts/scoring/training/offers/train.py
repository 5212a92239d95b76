"""`scoring train-offers`: measure what is usual, learn the card, judge it on later dates."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from scoring.errors import CannotRun
from scoring.training.bins import BINS_COLUMNS
from scoring.training.boosting import LOGISTIC
from scoring.training.cards import POINTS_COLUMNS, read_card, read_scale
from scoring.training.measures import deciles
from scoring.training.offers.judge import Peer, judge
from scoring.training.offers.learn import learn, log_odds
from scoring.training.offers.page import page_text
from scoring.training.offers.reference import (
    measure_copurchases,
    measure_rates,
    write_reference,
)
from scoring.training.offers.rows import HORIZON_DAYS, MAX_ROWS, OUTCOME, read_rows
from scoring.training.seeds import cards_dir, csv_text, reference_dir
from scoring.training.seeds import read_rows as read_seed
from scoring.training.warehouse import training_warehouse
from scoring.warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from scoring.progress import Steps
    from scoring.settings import Settings
    from scoring.training.measures import Decile
    from scoring.training.offers.learn import Learned

SCORE = "offer_affinity"
EXPERT_VERSION = 1
TRAINING_SPELLS = 7
_PURCHASES = ("+feat_offer_purchases",)
PAIRS = ("+feat_offers", "+feat_customers")


@dataclass(frozen=True)
class Plan:
    """Dates, each followed by a spell of the horizon.

    Attributes:
        early: dates that the card learns from; the last spell ends on `later`.
        later: date that chooses the number of trees and the level.
        test: dates that judge; none before the spell of `later` is over.
    """

    early: tuple[date, ...]
    later: date
    test: tuple[date, ...]

    @property
    def dates(self) -> tuple[date, ...]:
        """All dates that features are needed for: those above, and where their spells end."""
        asked = {*self.early, self.later, *self.test}
        return tuple(sorted(asked | {_after(day) for day in asked}))


@dataclass(frozen=True)
class Trained:
    """What training made: the card, its version, and how it did beside its peers."""

    learned: Learned
    version: int
    peers: tuple[Peer, ...]
    plan: Plan
    row_counts: dict[str, int]
    deciles: tuple[Decile, ...]


def make_plan(until: date, test: Sequence[date]) -> Plan:
    """Plan a training whose statistics and rows end before `until`.

    Raises:
        CannotRun: a test date lies in a spell that training knows.
    """
    spells = range(TRAINING_SPELLS, 0, -1)
    plan = Plan(
        early=tuple(until - timedelta(days=HORIZON_DAYS * spell) for spell in spells),
        later=until,
        test=tuple(sorted(set(test))),
    )
    if not plan.test or plan.test[0] < _after(until):
        raise CannotRun(
            f"the first test date must be {_after(until)} or later: until then the card is"
            " chosen and calibrated"
        )
    return plan


def train_offers(settings: Settings, workspace: Path, plan: Plan, steps: Steps) -> Trained:
    """Train a new version of the card of offers and write its seeds.

    What is usual for an offer is measured where the seed has no row, and kept otherwise: what 5
    means never moves. The new version is not live until the catalogue names it.

    Raises:
        CannotRun: there is nothing to learn from.
    """
    with training_warehouse(settings, workspace, steps) as warehouse:
        if not read_seed(reference_dir(settings) / "offers" / "reference_offers.csv"):
            warehouse.build("purchases of offers at past dates", _PURCHASES, plan.dates)
            with steps.step("measure what is usual"):
                _measure(settings, warehouse.path, plan)
        warehouse.build("features of offers at past dates", PAIRS, plan.dates)
        return learn_and_judge(settings, warehouse.path, plan, steps)


def learn_and_judge(
    settings: Settings, warehouse: Path, plan: Plan, steps: Steps | None = None
) -> Trained:
    """The card from a training warehouse that is built, written to the seeds and judged."""
    version = _next_version(settings)
    scale = read_scale(settings, SCORE)
    with _step(steps, "read rows"), connect(warehouse, read_only=True) as connection:
        early = read_rows(connection, plan.early, MAX_ROWS)
        later = read_rows(connection, (plan.later,))
    with _step(steps, "learn"):
        learned = learn(early, later, f"offers_{version}", scale.points_per_doubling)
    with _step(steps, "judge"), connect(warehouse, read_only=True) as connection:
        test = read_rows(connection, plan.test)
        peers = judge(
            test,
            pd.concat([early, later], ignore_index=True),
            learned.card,
            read_card(settings, SCORE, EXPERT_VERSION),
            scale.points_per_doubling,
        )
    _write_card(settings, learned, version)
    sums = log_odds(learned.card, test, scale.points_per_doubling)
    table = tuple(deciles(sums, test[OUTCOME].to_numpy(dtype="float64"), LOGISTIC))
    trained = Trained(learned, version, peers, plan, _counts(early, later, test), table)
    pages = settings.project_dir / "docs" / "cards"
    pages.mkdir(parents=True, exist_ok=True)
    (pages / f"{SCORE}-{version}.md").write_text(page_text(trained), encoding="utf-8")
    return trained


def _measure(settings: Settings, warehouse: Path, plan: Plan) -> None:
    with connect(warehouse, read_only=True) as connection:
        rates = measure_rates(connection, plan.early)
        offers = [offer for offer, _ in rates]
        copurchases = measure_copurchases(connection, plan.early, offers)
    write_reference(settings, rates, copurchases, plan.later)


def _write_card(settings: Settings, learned: Learned, version: int) -> None:
    """Append the version to the seeds; what is there stays as it is."""
    folder = cards_dir(settings)
    bin_rows = [
        row
        for key in learned.card.keys
        for row in learned.card.bins[key].rows(key[0], learned.shares[key])
    ]
    point_rows = learned.card.rows(SCORE, version, f"offers_{version}")
    for name, columns, rows in (
        ("feature_bins.csv", BINS_COLUMNS, bin_rows),
        ("score_points.csv", POINTS_COLUMNS, point_rows),
    ):
        with (folder / name).open("a", encoding="utf-8", newline="") as stream:
            stream.write(csv_text(columns, rows, header=False))


def _next_version(settings: Settings) -> int:
    rows = read_seed(cards_dir(settings) / "score_points.csv")
    return 1 + max(
        (int(row["score_version"]) for row in rows if row["score_name"] == SCORE), default=0
    )


def _counts(early: pd.DataFrame, later: pd.DataFrame, test: pd.DataFrame) -> dict[str, int]:
    return {"early": len(early), "later": len(later), "test": len(test)}


def _step(steps: Steps | None, title: str) -> AbstractContextManager[None]:
    return steps.step(title) if steps else nullcontext()


def _after(day: date) -> date:
    return day + timedelta(days=HORIZON_DAYS)
