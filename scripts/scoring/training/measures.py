"""How good a card is: losses per row, ranks, calibration; intervals with people as clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scoring.training.boosting import LOGISTIC
from scoring.training.calibration import expected, level

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    from scoring.training.boosting import Numbers

DECILES = 10
_DRAWS = 200
_SEED = 20
_LEVEL = 0.95
_SMALL = 1e-12


@dataclass(frozen=True)
class Estimate:
    """A number with its interval of 95 %."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Decile:
    """A tenth of the rows, the highest expectation first: what was expected and what came."""

    place: int
    rows: int
    expected: float
    observed: float


def losses(sums: Numbers, outcomes: Numbers, objective: str) -> Numbers:
    """Loss of every row: logarithmic, or the Poisson deviance in units of the mean outcome."""
    fitted = np.clip(expected(sums, objective), _SMALL, None)
    if objective == LOGISTIC:
        other = np.clip(1 - fitted, _SMALL, None)
        return -(outcomes * np.log(fitted) + (1 - outcomes) * np.log(other))
    ratio = np.where(outcomes > 0, outcomes / fitted, 1.0)
    deviance = 2 * (outcomes * np.log(ratio) - (outcomes - fitted))
    return np.asarray(deviance / max(float(np.mean(outcomes)), _SMALL))


def levelled_losses(sums: Numbers, outcomes: Numbers, objective: str) -> Numbers:
    """Loss of every row after the sums are moved so that as much is expected as came.

    A level is found by calibration, whatever it was before: what is judged is who comes before whom
    and by how much.
    """
    return losses(sums + level(sums, outcomes, objective), outcomes, objective)


def mean_and_error(
    values: Numbers, people: pd.Series, weights: Numbers | None = None
) -> tuple[float, float]:
    """The mean of rows, and its standard error with people as clusters.

    Args:
        values: of rows.
        people: whose rows they are.
        weights: of rows; all the same where not given.
    """
    import pandas as pd

    codes, names = pd.factorize(people, sort=True)
    shares = np.ones(len(values)) if weights is None else weights
    mean = float(np.average(values, weights=shares))
    of_person = np.bincount(codes, weights=shares * (values - mean), minlength=len(names))
    return mean, float(np.sqrt(np.sum(of_person**2)) / np.sum(shares))


def auc(scores: Numbers, outcomes: Numbers) -> float:
    """Share of pairs of a yes and a no that are ranked rightly, ties counted half."""
    from scipy.stats import rankdata

    ranks = rankdata(scores)
    yes = outcomes > 0
    count, others = int(np.sum(yes)), int(np.sum(~yes))
    if not count or not others:
        return float("nan")
    return float((np.sum(ranks[yes]) - count * (count + 1) / 2) / (count * others))


def spearman(scores: Numbers, outcomes: Numbers) -> float:
    """Correlation of ranks."""
    from scipy.stats import rankdata

    return float(np.corrcoef(rankdata(scores), rankdata(outcomes))[0, 1])


def top_lift(scores: Numbers, outcomes: Numbers) -> float:
    """Outcomes in the tenth of the rows with the highest scores, over outcomes in a tenth."""
    count = max(len(scores) // DECILES, 1)
    best = np.argsort(-scores, kind="stable")[:count]
    return float(np.mean(outcomes[best]) / max(float(np.mean(outcomes)), _SMALL))


def measures(objective: str) -> dict[str, Callable[[Numbers, Numbers], float]]:
    """Measures of a kind of target, by name; each takes sums on the log scale and outcomes."""
    found: dict[str, Callable[[Numbers, Numbers], float]]
    if objective == LOGISTIC:
        found = {
            "AUC": auc,
            "Brier score": lambda s, y: float(np.mean((expected(s, objective) - y) ** 2)),
            "logarithmic loss": lambda s, y: float(np.mean(losses(s, y, objective))),
        }
    else:
        found = {
            "Spearman correlation": spearman,
            "mean absolute error": lambda s, y: float(np.mean(np.abs(expected(s, objective) - y))),
            "Poisson deviance": lambda s, y: float(np.mean(losses(s, y, objective))),
        }
    return found | {
        "lift of the first tenth": top_lift,
        "observed over expected": lambda s, y: float(np.sum(y) / np.sum(expected(s, objective))),
    }


def intervals(
    statistic: Callable[[NDArray[np.intp]], float], people: pd.Series, *, draws: int = _DRAWS
) -> Estimate:
    """A statistic of rows with its interval: people are drawn again and again with their rows."""
    import pandas as pd

    codes, names = pd.factorize(people, sort=True)
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(names)))
    rows_of = np.split(order, ends[:-1])
    random = np.random.default_rng(_SEED)
    drawn = [
        statistic(
            np.concatenate([rows_of[who] for who in random.integers(0, len(names), len(names))])
        )
        for _ in range(draws)
    ]
    tail = (1 - _LEVEL) / 2
    lower, upper = np.nanquantile(drawn, [tail, 1 - tail])
    return Estimate(statistic(np.arange(len(codes))), float(lower), float(upper))


def deciles(sums: Numbers, outcomes: Numbers, objective: str) -> list[Decile]:
    """The calibration table."""
    fitted = expected(sums, objective)
    order = np.argsort(-fitted, kind="stable")
    return [
        Decile(place, len(rows), float(np.mean(fitted[rows])), float(np.mean(outcomes[rows])))
        for place, rows in enumerate(np.array_split(order, DECILES), start=1)
        if len(rows)
    ]
