"""How well offers are put in order for each person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scoring.training.measures import auc

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

DEPTH = 10
_DRAWS = 200
_SEED = 20


def average_precisions(frame: pd.DataFrame, scores: Numbers) -> pd.Series:
    """Average precision of each person's ten first offers; people who took none are left out.

    The precision at each offer taken, summed and divided by what ten offers could have hit. Equal
    scores are in the order of what is usual for the offers.
    """
    ranked = frame[["customer_id", "as_of_date", "outcome"]].assign(
        score=scores, usual=frame["reference_log_odds"]
    )
    ranked = ranked.sort_values(
        ["customer_id", "as_of_date", "score", "usual"], ascending=[True, True, False, False]
    )
    keys = [ranked["customer_id"], ranked["as_of_date"]]
    place = ranked.groupby(keys).cumcount() + 1
    hits = ranked["outcome"].groupby(keys).cumsum()
    precision = (ranked["outcome"] * hits / place).where(place <= DEPTH, 0.0)
    taken = ranked["outcome"].groupby(keys).sum()
    sums = precision.groupby(keys).sum()
    return (sums / np.minimum(taken, DEPTH))[taken > 0]


def never_bought(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Pairs in which the person did not take the offer in 364 days."""
    return np.asarray(frame["offer_days_since_last"].isna())


def figures(frame: pd.DataFrame, scores: Numbers) -> dict[str, float]:
    """MAP@10, and the area under the curve of all pairs and of those never bought."""
    outcomes = frame["outcome"].to_numpy(dtype=np.float64)
    new = never_bought(frame)
    return {
        "MAP@10": float(average_precisions(frame, scores).mean()),
        "AUC": auc(scores, outcomes),
        "AUC, never bought": auc(scores[new], outcomes[new]),
    }


def difference(frame: pd.DataFrame, scores: Numbers, others: Numbers) -> tuple[float, float, float]:
    """By how much MAP@10 is above another's, with its 95 % interval: people drawn anew."""
    gains = average_precisions(frame, scores) - average_precisions(frame, others)
    people = gains.groupby(level="customer_id").agg(["sum", "count"]).to_numpy()
    generator = np.random.default_rng(_SEED)
    draws = generator.integers(0, len(people), size=(_DRAWS, len(people)))
    means = people[draws, 0].sum(axis=1) / people[draws, 1].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(gains.mean()), float(low), float(high)


def new_difference(
    frame: pd.DataFrame, scores: Numbers, others: Numbers
) -> tuple[float, float, float]:
    """By how much the AUC of offers never bought is above another's, with its 95 % interval."""
    new = never_bought(frame)
    outcomes = frame["outcome"].to_numpy(dtype=np.float64)[new]
    ours, theirs = scores[new], others[new]
    people, places = np.unique(frame["customer_id"].to_numpy()[new], return_inverse=True)
    order = np.argsort(places, kind="stable")
    starts = np.searchsorted(places[order], np.arange(len(people) + 1))
    generator = np.random.default_rng(_SEED)
    gains = []
    for _ in range(_DRAWS // 2):
        drawn = generator.integers(0, len(people), size=len(people))
        rows = np.concatenate([order[starts[one] : starts[one + 1]] for one in drawn])
        gains.append(auc(ours[rows], outcomes[rows]) - auc(theirs[rows], outcomes[rows]))
    low, high = np.quantile(gains, [0.025, 0.975])
    return auc(ours, outcomes) - auc(theirs, outcomes), float(low), float(high)
