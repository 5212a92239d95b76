"""Two numbers from a later period: how far off a card is, and how much too steep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scoring.training.boosting import LOGISTIC, Additive

if TYPE_CHECKING:
    from scoring.training.boosting import Numbers

_STEPS = 100
_SMALL = 1e-10
# Few outcomes must not turn a slope upside down: it is drawn towards 1 as if by these many.
_PRIOR_OUTCOMES = 10.0
_LARGEST = 30.0


@dataclass(frozen=True)
class Line:
    """`intercept + slope * sum` on the log scale."""

    intercept: float
    slope: float

    def __call__(self, sums: Numbers) -> Numbers:
        """The calibrated sums."""
        return self.intercept + self.slope * sums

    def fold(self, card: Additive) -> Additive:
        """The card with the line folded into its numbers."""
        return Additive(
            self.intercept + self.slope * card.base,
            {
                feature: {code: self.slope * number for code, number in table.items()}
                for feature, table in card.tables.items()
            },
        )


IDENTITY = Line(0.0, 1.0)


def expected(sums: Numbers, objective: str) -> Numbers:
    """Probabilities, or amounts, of sums on the log scale."""
    kept = np.clip(sums, -_LARGEST, _LARGEST)
    return 1 / (1 + np.exp(-kept)) if objective == LOGISTIC else np.exp(kept)


def level(sums: Numbers, outcomes: Numbers, objective: str) -> float:
    """What to add to the sums so that as much is expected as came; 0 where that says nothing."""
    total = float(np.sum(outcomes))
    if total <= 0 or (objective == LOGISTIC and total >= len(outcomes)):
        return 0.0
    shift = 0.0
    for _ in range(_STEPS):
        fitted = expected(sums + shift, objective)
        slope = fitted * (1 - fitted) if objective == LOGISTIC else fitted
        step = (total - float(np.sum(fitted))) / max(float(np.sum(slope)), _SMALL)
        shift += float(np.clip(step, -1.0, 1.0))
        if abs(step) < _SMALL:
            break
    return shift


def calibrate(sums: Numbers, outcomes: Numbers, objective: str) -> Line:
    """The line under which expected and observed outcomes agree, in all and along the sums.

    Newton steps of a logistic regression, or of a Poisson regression for amounts, whose expected
    total is the observed one. Without both kinds of outcomes nothing can be said: the line is 1.
    """
    total = float(np.sum(outcomes))
    if total <= 0 or (objective == LOGISTIC and total >= len(outcomes)):
        return IDENTITY
    mean = float(np.mean(sums))
    spread = max(float(np.var(sums)), _SMALL)
    scale = 1.0 if objective == LOGISTIC else float(np.mean(outcomes))
    prior = _PRIOR_OUTCOMES * spread * scale
    design = np.column_stack([np.ones(len(sums)), sums - mean])
    beta = np.array([mean, 1.0])
    for _ in range(_STEPS):
        eta = design @ beta
        fitted = expected(eta, objective)
        weights = fitted * (1 - fitted) if objective == LOGISTIC else fitted
        gradient = design.T @ (outcomes - fitted) - np.array([0.0, prior * (beta[1] - 1)])
        hessian = (design * weights[:, None]).T @ design + np.diag([_SMALL, prior])
        step = np.linalg.solve(hessian, gradient)
        beta = beta + np.clip(step, -1.0, 1.0)
        if float(np.max(np.abs(step))) < _SMALL:
            break
    return Line(float(beta[0] - beta[1] * mean), float(beta[1]))
