"""The replay of offers: the card, LightGBM, popularity and own frequency on the same pairs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scoring.backtest import metrics
from scoring.backtest.bootstrap import Interval
from scoring.backtest.notes import in_words
from scoring.backtest.peers.base import Peer, Predicted, Setting
from scoring.backtest.peers.boosted import Boosted
from scoring.backtest.peers.rules import OwnFrequency, Popularity
from scoring.backtest.results import CARD, Line, Result, result_of
from scoring.backtest.rows import Rows, Shape
from scoring.training.boosting import LOGISTIC
from scoring.training.calibration import expected
from scoring.training.cards import read_card, read_scale
from scoring.training.offers.learn import learn, log_odds
from scoring.training.offers.measures import (
    average_precisions,
    difference,
    figures,
    new_difference,
)
from scoring.training.offers.rows import FEATURES, HORIZON_DAYS, MAX_ROWS, OUTCOME, read_rows
from scoring.training.offers.train import EXPERT_VERSION, PAIRS, SCORE, make_plan
from scoring.training.warehouse import training_warehouse
from scoring.warehouse import connect

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from scoring.backtest.tasks import Task
    from scoring.progress import Steps
    from scoring.settings import Settings

EXPERT = "card, by hand"
PEERS: tuple[Peer, ...] = (Boosted(), OwnFrequency("offer_day_count_364d"), Popularity())
# Settings of LightGBM are chosen on this many pairs, drawn by person.
_TUNED_ON = 150_000
_MAP = "MAP@10"
_NEW = "AUC, never bought"


def replay_offers(task: Task, settings: Settings, workspace: Path, steps: Steps) -> Result:
    """Replay offers at the dates of a task; nothing is written to the seeds.

    Raises:
        CannotRun: there is no pair of a person and a measured offer.
    """
    until, *tests = task.dates
    plan = make_plan(until, tests)
    with training_warehouse(settings, workspace, steps) as warehouse:
        warehouse.build("features of offers at past dates", PAIRS, plan.dates)
        with connect(warehouse.path, read_only=True) as connection:
            early = read_rows(connection, plan.early, MAX_ROWS)
            few = read_rows(connection, plan.early, _TUNED_ON)
            later = read_rows(connection, (plan.later,))
            tested = read_rows(connection, plan.test)
    with steps.step(f"replay {task.name}"):
        return judged(task, settings, few=few, early=early, later=later, tested=tested)


def judged(
    task: Task,
    settings: Settings,
    *,
    few: pd.DataFrame,
    early: pd.DataFrame,
    later: pd.DataFrame,
    tested: pd.DataFrame,
) -> Result:
    """Learn on early and later pairs and open the test.

    Args:
        task: the question.
        settings: where the card by hand lies.
        few: some of the early pairs, to try settings on.
        early: pairs to learn from.
        later: pairs of the date after them, on which settings are chosen.
        tested: pairs that judge.
    """
    points = read_scale(settings, SCORE).points_per_doubling
    learned = learn(early, later, "replay", points)
    said = {CARD: _of_card(log_odds(learned.card, tested, points))}
    words = {CARD: f"trained; {len(learned.card.points)} features, {learned.rounds} trees"}
    by_hand = read_card(settings, SCORE, EXPERT_VERSION)
    said[EXPERT] = replace(_of_card(log_odds(by_hand, tested, points)), expected=None)
    words[EXPERT] = f"version {EXPERT_VERSION}"
    known = _rows(_together(early, later))
    judging = _rows(tested)
    for peer in PEERS:
        setting = _chosen(peer, few, later)
        said[peer.name] = peer.fit(known, setting)(judging)
        words[peer.name] = in_words(setting)
    note = (
        f"Settings are chosen by {_MAP} on {_day(later)}, LightGBM's on {len(few):,} pairs of "
        "people drawn by a hash; then everybody learns from all pairs before the test."
    )
    lines = []
    for name, found in said.items():
        gains = {} if name == CARD else _behind(tested, said[CARD], found)
        lines.append(Line(name, words[name], _values(tested, judging, found), gains))
    return result_of(task, judging, said, tuple(lines), learned_rows=len(known), notes=[note])


def _day(frame: pd.DataFrame) -> str:
    """The one date of some pairs."""
    return f"{frame['as_of_date'].iloc[0]:%Y-%m-%d}"


def _of_card(sums: metrics.Numbers) -> Predicted:
    return Predicted(sums, expected(sums, LOGISTIC))


def _together(early: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([early, later], ignore_index=True)


def _rows(frame: pd.DataFrame) -> Rows:
    return Rows(
        frame=frame[list(FEATURES)],
        kinds=dict.fromkeys(FEATURES, "number"),
        outcome=frame[OUTCOME].to_numpy(dtype=np.float64),
        person=frame["customer_id"].to_numpy(dtype=str),
        date=frame["as_of_date"].to_numpy(dtype="datetime64[D]"),
        pair=frame["offer_id"].to_numpy(dtype=str),
        shape=Shape.EVENT,
        horizon_days=HORIZON_DAYS,
    )


def _chosen(peer: Peer, few: pd.DataFrame, later: pd.DataFrame) -> Setting:
    """The setting that puts the later pairs into the best order; of equals the first."""
    earlier, judging = _rows(few), _rows(later)

    def merit(setting: Setting) -> float:
        ranking = peer.fit(earlier, setting)(judging).ranking
        return float(average_precisions(later, ranking).mean())

    return max(peer.settings, key=merit)


def _values(tested: pd.DataFrame, rows: Rows, found: Predicted) -> dict[str, float]:
    values = {
        **figures(tested, found.ranking),
        "top lift": metrics.top_lift(rows.outcome, found.ranking),
        "Brier": float("nan"),
        "log loss": float("nan"),
    }
    if found.expected is not None:
        values["Brier"] = metrics.brier(rows.outcome, found.expected)
        values["log loss"] = metrics.log_loss(rows.outcome, found.expected)
    return values


def _behind(tested: pd.DataFrame, card: Predicted, found: Predicted) -> Mapping[str, Interval]:
    """The competitor's measures minus those of the card."""

    def turned(gain: tuple[float, float, float]) -> Interval:
        value, low, high = gain
        return Interval(-value, -high, -low)

    return {
        _MAP: turned(difference(tested, card.ranking, found.ranking)),
        _NEW: turned(new_difference(tested, card.ranking, found.ranking)),
    }
