"""Replaying a task: the same rows for all, settings from earlier origins, one look at the test."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from scoring.backtest import metrics
from scoring.backtest.cards import expert_says, learn_from_people, learn_in_time
from scoring.backtest.notes import dropped, in_words, plain
from scoring.backtest.peers.additive import Additive
from scoring.backtest.peers.base import Peer, Predicted, tune
from scoring.backtest.peers.boosted import Boosted
from scoring.backtest.peers.buy_till_you_die import BuyTillYouDie
from scoring.backtest.peers.linear import Linear
from scoring.backtest.peers.naive_bayes import NaiveBayes
from scoring.backtest.peers.rules import BestFeature, Popularity, RecentAverage, Rfm
from scoring.backtest.results import CARD, Result, expected_of, measured
from scoring.backtest.rows import Rows, people_folds, places_of_folds, rows_of
from scoring.backtest.rows import rolling_origins as origins_in_time
from scoring.errors import CannotRun
from scoring.training.plans import habits_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from scoring.backtest.metrics import Numbers
    from scoring.backtest.tasks import Task
    from scoring.settings import Settings
    from scoring.training.dataset import Dataset
    from scoring.training.learning import Choice

EXPERT = "card, by hand"
PEERS: tuple[Peer, ...] = (
    Boosted(),
    Linear(),
    NaiveBayes(),
    Rfm(),
    BestFeature(),
    RecentAverage(),
    Popularity(),
    BuyTillYouDie(),
)
# They look as far ahead as they are asked, whatever the horizon of the rows learned from.
_ANY_HORIZON = frozenset({RecentAverage.name, BuyTillYouDie.name})
_INNER_FOLDS = 3
_FOLDS = 5
_MEAN_OF_PARTS = (
    "The Gini in the last column is their mean; all else is of the mean prediction of each person, "
    "never by a model that had seen them."
)


def replay(task: Task, dataset: Dataset, settings: Settings, tell: Callable[[str], None]) -> Result:
    """Replay a task.

    Raises:
        CannotRun: there are no rows, or nothing to learn.
    """
    rows = rows_of(dataset, task.target, without=task.without)
    if not len(rows):
        raise CannotRun(f"{task.name}: no row has an answer to {task.target}")
    if task.test_from is None:
        return _by_people(task, rows, tell)
    return _in_time(task, dataset, rows, settings, tell)


@dataclass(frozen=True)
class _Parts:
    """Rows to learn from and rows of the test, and what lies between their horizons."""

    learned: Rows
    tested: Rows
    learned_frame: pd.DataFrame
    tested_frame: pd.DataFrame
    factor: float
    notes: tuple[str, ...]


def _in_time(
    task: Task,
    dataset: Dataset,
    rows: Rows,
    settings: Settings,
    tell: Callable[[str], None],
) -> Result:
    parts = _parts(task, dataset, rows)
    learned, tested, notes = parts.learned, parts.tested, list(parts.notes)
    if not len(learned) or not len(tested):
        raise CannotRun(
            f"{task.name}: {len(learned)} rows to learn from, {len(tested)} to test by: the data "
            f"do not reach as far before and after {task.test_from} as the question looks ahead"
        )
    try:
        origins = origins_in_time(learned)
    except CannotRun:
        origins = people_folds(learned, _INNER_FOLDS, seed=1)
        notes.append("The past is too short for rolling origins: settings are chosen on people.")
    tell(CARD)
    said, words, choice = _cards(task, dataset, parts, settings)
    notes.append("The card uses " + ", ".join(plain(name) for name in choice.features) + ".")
    notes.extend(dropped(task, choice))
    for peer in (PEERS[0], Additive(), *PEERS[1:]) if task.nothing_dropped else PEERS:
        if not peer.suits(learned):
            continue
        tell(peer.name)
        tuned = tune(peer, learned, origins)
        found = tuned.predict(tested)
        said[peer.name] = found if peer.name in _ANY_HORIZON else _lengthened(found, parts.factor)
        words[peer.name] = in_words(tuned.setting)
    tell("intervals")
    return measured(task, learned, tested, said=said, words=words, notes=notes)


def _parts(task: Task, dataset: Dataset, rows: Rows) -> _Parts:
    """Purged: what was learned was known on the first day of the test."""
    first = np.datetime64(str(task.test_from))
    known = rows.date <= first - np.timedelta64(rows.horizon_days, "D")
    frame = dataset.rows_of(task.target).reset_index(drop=True)
    if not task.judged_on:
        later = rows.date >= first
        return _Parts(rows.take(known), rows.take(later), frame[known], frame[later], 1.0, ())
    # Of the longer outcome the day of the test alone is judged.
    judged = rows_of(dataset, task.judged_on, without=task.without)
    shared = [name for name in judged.frame.columns if name in rows.frame.columns]
    at_test = judged.date == first
    learned = rows.take(known).with_features(shared)
    tested = judged.take(at_test).with_features(shared)
    tested_frame = dataset.rows_of(task.judged_on).reset_index(drop=True)[at_test]
    factor, note = _longer(task, dataset, learned.horizon_days, tested.horizon_days)
    return _Parts(learned, tested, frame[known], tested_frame, factor, (note,))


def _cards(
    task: Task, dataset: Dataset, parts: _Parts, settings: Settings
) -> tuple[dict[str, Predicted], dict[str, str], Choice]:
    """What the trained card says, and on the panel the one written by hand."""
    if task.judged_on:
        habits = habits_of(settings)
        predict, choice = learn_from_people(parts.learned, task.directions, habits)
        said = {CARD: _lengthened(predict(parts.tested), parts.factor)}
        return said, {CARD: _learnedin_words(choice)}, choice
    card = learn_in_time(task, dataset, parts.learned, parts.tested_frame, settings)
    said = {CARD: card.predicted}
    words = {CARD: f"{card.evidence}; {_learnedin_words(card.choice)}"}
    if task.data == "panel":
        target = dataset.targets[task.target]
        by_hand = expert_says(dataset, target, parts.learned_frame, parts.tested_frame, settings)
        if by_hand is not None:
            said[EXPERT] = by_hand
            words[EXPERT] = "version 1, level and slope fitted"
    return said, words, card.choice


def _learnedin_words(choice: Choice) -> str:
    return f"{len(choice.features)} features, {choice.rounds} trees"


def _by_people(task: Task, rows: Rows, tell: Callable[[str], None]) -> Result:
    """Every repeat judges everybody once, by what the others taught; predictions are averaged."""
    peers = [peer for peer in PEERS if peer.suits(rows)]
    totals: dict[str, list[Numbers]] = {name: [] for name in (CARD, *(p.name for p in peers))}
    of_fold: dict[str, list[float]] = defaultdict(list)
    used: dict[str, int] = defaultdict(int)
    for repeat in range(task.repeats):
        parts = {name: np.zeros(len(rows)) for name in totals}
        for place, (fitted, judged) in enumerate(places_of_folds(rows, _FOLDS, seed=repeat)):
            tell(f"repeat {repeat + 1} of {task.repeats}, part {place + 1} of {_FOLDS}")
            learned, tested = rows.take(fitted), rows.take(judged)
            predict, choice = learn_from_people(learned, task.directions)
            parts[CARD][judged] = expected_of(predict(tested))
            for name in choice.features:
                used[name] += 1
            inner = people_folds(learned, _INNER_FOLDS, seed=repeat)[:1]
            for peer in peers:
                tuned = tune(peer, learned, inner)
                parts[peer.name][judged] = expected_of(tuned.predict(tested))
            for name, expected in parts.items():
                of_fold[name].append(metrics.gini(tested.outcome, expected[judged]))
        for name, expected in parts.items():
            totals[name].append(expected)
    said = {}
    for name, repeats in totals.items():
        mean = np.mean(repeats, axis=0)
        said[name] = Predicted(mean, mean)
    words = {name: f"Gini {np.mean(values):.3f} a part" for name, values in of_fold.items()}
    parts_count = task.repeats * _FOLDS
    always = sorted(used, key=lambda name: (-used[name], name))
    listed = ", ".join(f"{plain(name)} ({used[name]} of {parts_count})" for name in always)
    notes = [f"Parts judged: {parts_count}. {_MEAN_OF_PARTS}", f"The cards use {listed}."]
    return measured(task, rows, rows, said=said, words=words, notes=notes)


def _lengthened(found: Predicted, factor: float) -> Predicted:
    """What is expected in a longer horizon."""
    return found if found.expected is None else replace(found, expected=found.expected * factor)


def _longer(task: Task, dataset: Dataset, short: int, long: int) -> tuple[float, str]:
    """How much more came in a horizon so many times as long, at the last dates that tell.

    A day before the test with as many days up to it as the longer horizon has, shortened until it
    fits into the past: 126 days against 42 of them, as 273 against 91.
    """
    totals = dataset.frame.groupby("as_of_date")["order_count_lifetime"].sum()
    test = np.datetime64(str(task.test_from))
    begin, middle = (totals[_day(task.test_from, days)] for days in (126, 84))
    factor = float((totals[test] - begin) / (middle - begin))
    return factor, (
        f"Learned from outcomes of {short} days, judged on {long}: expectations are multiplied by "
        f"{factor:.2f}, which is by how much the purchases of 126 days exceeded those of the first "
        "42 of them, up to the test. BG/NBD and the recent average look ahead by themselves."
    )


def _day(test_from: date | None, before: int) -> np.datetime64:
    return np.datetime64(str((test_from or date.min) - timedelta(before)))
