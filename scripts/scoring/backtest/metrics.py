"""Measures of a prediction against what came: ranking, probability, amount, profit.

Every function takes arrays of one length, a row per person and date. Rows of equal prediction have
no order among them: what falls on a cut between them is shared out, so that a coarse rule is
neither helped nor hurt by the order of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scoring.errors import CannotRun

Numbers: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Days: TypeAlias = NDArray[np.datetime64]
Keys: TypeAlias = NDArray[np.generic]

_NEVER = 1e-15


@dataclass(frozen=True)
class Tenth:
    """A tenth of the rows by falling prediction.

    Attributes:
        rows: how many, a fraction where a cut falls into equal predictions.
        outcome: mean outcome.
        lift: mean outcome over that of all rows; not a number where nothing came.
    """

    rows: float
    outcome: float
    lift: float


@dataclass(frozen=True)
class Profit:
    """Profit of contacting the best rows first.

    Attributes:
        depth: shares of the rows contacted, 0 to 1.
        profit: profit up to there.
        best_depth: share at which it is highest.
        best: the highest profit.
    """

    depth: Numbers
    profit: Numbers
    best_depth: float
    best: float


def auc(outcome: Numbers, prediction: Numbers) -> float:
    """Probability that a row with the event is ranked above one without it; ties count half.

    Not a number where all rows, or none, have the event.
    """
    from scipy.stats import rankdata

    events = outcome > 0
    with_event = int(events.sum())
    without = events.size - with_event
    if with_event == 0 or without == 0:
        return float("nan")
    # The statistic of Mann and Whitney: a tenth of the time that a curve takes, for bootstraps.
    ranks = rankdata(prediction)
    above = float(ranks[events].sum()) - with_event * (with_event + 1) / 2
    return above / (with_event * without)


def gini(outcome: Numbers, prediction: Numbers) -> float:
    """Gini coefficient of the ranking: 2 · AUC - 1."""
    return 2 * auc(outcome, prediction) - 1


def lift_by_tenth(outcome: Numbers, prediction: Numbers, parts: int = 10) -> tuple[Tenth, ...]:
    """Mean outcome and lift of each tenth of the rows, best predictions first."""
    outcomes = _shared_among_ties(outcome, prediction)
    reached = np.concatenate(([0.0], np.cumsum(outcomes)))
    cuts = np.linspace(0, outcomes.size, parts + 1)
    sums = np.diff(np.interp(cuts, np.arange(outcomes.size + 1), reached))
    rows = outcomes.size / parts
    overall = float(outcome.mean())
    return tuple(
        Tenth(rows, float(total / rows), float(total / rows / overall) if overall else float("nan"))
        for total in sums
    )


def top_lift(outcome: Numbers, prediction: Numbers) -> float:
    """Lift of the tenth with the highest predictions."""
    return lift_by_tenth(outcome, prediction)[0].lift


def brier(outcome: Numbers, probability: Numbers) -> float:
    """Mean squared distance of probability and event, as scikit-learn has it."""
    from sklearn.metrics import brier_score_loss

    return float(brier_score_loss(outcome > 0, probability))


def log_loss(outcome: Numbers, probability: Numbers) -> float:
    """Mean negative log-likelihood; certain and wrong costs 34.5, not infinity."""
    from sklearn.metrics import log_loss as of_sklearn

    kept = np.clip(probability, _NEVER, 1 - _NEVER)
    return float(of_sklearn(outcome > 0, kept, labels=[False, True]))


def spearman(outcome: Numbers, prediction: Numbers) -> float:
    """Correlation of ranks; not a number where one of them is constant."""
    from scipy.stats import rankdata

    ranks = rankdata(outcome), rankdata(prediction)
    if np.ptp(ranks[0]) == 0 or np.ptp(ranks[1]) == 0:
        return float("nan")
    return float(np.corrcoef(*ranks)[0, 1])


def mean_absolute_error(outcome: Numbers, expected: Numbers) -> float:
    """Mean distance of what came and what was expected, in the unit of the outcome."""
    return float(np.abs(outcome - expected).mean())


def total_ratio(outcome: Numbers, expected: Numbers) -> float:
    """What was expected in all, over what came in all."""
    came = float(outcome.sum())
    return float(expected.sum()) / came if came else float("nan")


def map_at_k(outcome: Numbers, prediction: Numbers, group: Keys, k: int) -> float:
    """Mean over groups of the average precision of their first k rows.

    A group is the list that one person sees. Those without any event are left out. Precision at
    each hit is averaged over the hits that were possible, the lesser of k and the group's events.
    Equal predictions keep the order of the rows, so give them in an order that knows nothing.
    """
    if k < 1:
        raise CannotRun(f"MAP@k needs k of 1 or more, not {k}")
    order = np.lexsort((-prediction, group))
    groups, hits = group[order], outcome[order] > 0
    first = np.flatnonzero(np.concatenate(([True], groups[1:] != groups[:-1])))
    lengths = np.diff(np.append(first, hits.size))
    place = np.arange(hits.size) - np.repeat(first, lengths) + 1
    before: Integers = np.cumsum(hits) - hits
    hits_so_far: Integers = before - np.repeat(before[first], lengths) + 1
    gained = np.where(hits & (place <= k), hits_so_far / place, 0.0)
    events = np.add.reduceat(hits.astype(np.float64), first)
    precision = np.add.reduceat(gained, first)
    seen = events > 0
    if not seen.any():
        return float("nan")
    return float((precision[seen] / np.minimum(events[seen], k)).mean())


def profit_curve(
    outcome: Numbers, prediction: Numbers, *, margin: float, cost: float, points: int = 100
) -> Profit:
    """Profit when the best rows are contacted first, at a margin per unit of outcome.

    Args:
        outcome: events, or amounts.
        prediction: what the rows are ranked by.
        margin: what one event, or one unit of amount, earns.
        cost: what one contact costs.
        points: parts of the curve.
    """
    outcomes = _shared_among_ties(outcome, prediction)
    reached = np.concatenate(([0.0], np.cumsum(outcomes)))
    contacts = np.linspace(0, outcomes.size, points + 1)
    profit = margin * np.interp(contacts, np.arange(outcomes.size + 1), reached) - cost * contacts
    best = int(profit.argmax())
    depth = contacts / outcomes.size
    return Profit(depth, profit, float(depth[best]), float(profit[best]))


def _shared_among_ties(outcome: Numbers, prediction: Numbers) -> Numbers:
    """Outcomes by falling prediction, those of equal predictions replaced by their mean."""
    order = np.argsort(-prediction, kind="stable")
    ranked, outcomes = prediction[order], outcome[order].astype(np.float64)
    first = np.flatnonzero(np.concatenate(([True], ranked[1:] != ranked[:-1])))
    lengths = np.diff(np.append(first, ranked.size))
    return np.repeat(np.add.reduceat(outcomes, first) / lengths, lengths)
