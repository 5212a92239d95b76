"""Calibration: what came over what was expected, by tenths of the prediction, and the verdict.

A tenth fails where the interval of observed / expected lies wholly outside 0.8 to 1.25. The
interval holds with 99 % for all tenths together (Bonferroni). For events it is the score interval
of Wilson, which stays honest when few or none came; for amounts it is normal. The rows of a person
count as one cluster: the variance is that of sums by person where this is larger.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from scoring.backtest.metrics import Integers, Keys, Numbers

LOW, HIGH = 0.8, 1.25
CONFIDENCE = 0.99
MINIMUM_ROWS = 100


class Verdict(StrEnum):
    """What the tenths say together."""

    HOLDS = "calibrated"
    SHIFTED = "base rate shifted"
    FAILS = "miscalibrated"


@dataclass(frozen=True)
class Ratio:
    """Observed over expected of some rows.

    Attributes:
        rows: how many.
        expected: mean prediction.
        observed: mean outcome.
        ratio: observed / expected.
        low: lower limit of the ratio.
        high: upper limit.
    """

    rows: int
    expected: float
    observed: float
    ratio: float
    low: float
    high: float

    @property
    def is_outside(self) -> bool:
        """The interval lies wholly outside what is allowed."""
        return self.high < LOW or self.low > HIGH


@dataclass(frozen=True)
class Calibration:
    """Tenths, the whole, and the verdict.

    Attributes:
        tenths: by rising prediction; fewer than ten where rows are few or predictions equal.
        overall: all rows.
        verdict: whether any tenth fails, and whether a common factor explains it.
    """

    tenths: tuple[Ratio, ...]
    overall: Ratio
    verdict: Verdict

    @property
    def passed(self) -> bool:
        """No tenth fails."""
        return self.verdict is Verdict.HOLDS

    @property
    def base_has_moved(self) -> bool:
        """All rows together came more or less often than expected, beyond chance."""
        return not self.overall.low <= 1 <= self.overall.high

    def __str__(self) -> str:
        """The verdict in one line."""
        outside = sum(tenth.is_outside for tenth in self.tenths)
        base = f"observed / expected {self.overall.ratio:.2f}"
        base += f" ({self.overall.low:.2f} … {self.overall.high:.2f})"
        moved = ", the base rate has moved" if self.base_has_moved else ""
        return f"{self.verdict}: {outside} of {len(self.tenths)} tenths outside; {base}{moved}"


def calibrate(
    outcome: Numbers,
    expected: Numbers,
    person: Keys,
    *,
    is_event: bool = True,
    parts: int = 10,
) -> Calibration:
    """Compare what came with what was expected.

    Args:
        outcome: 0 or 1, or amounts.
        expected: probabilities, or expected amounts; above 0.
        person: whose row it is.
        is_event: the outcome is an event.
        parts: tenths to make; fewer where that leaves less than 100 rows in each.

    Raises:
        CannotRun: a prediction is no number, not above 0, or a probability above 1.
    """
    _refuse_impossible(expected, is_event=is_event)
    codes = np.unique(person, return_inverse=True)[1]
    groups = _tenths(expected, parts)
    tenths = _ratios(outcome, expected, codes, groups, is_event=is_event)
    everyone = [np.arange(outcome.size)]
    overall = _ratios(outcome, expected, codes, everyone, is_event=is_event)[0]
    verdict = Verdict.HOLDS
    if any(tenth.is_outside for tenth in tenths):
        moved = move_base(outcome, expected) if is_event else expected * overall.ratio
        again = _ratios(outcome, moved, codes, groups, is_event=is_event)
        cured = not any(tenth.is_outside for tenth in again)
        verdict = Verdict.SHIFTED if cured else Verdict.FAILS
    return Calibration(tenths, overall, verdict)


def move_base(outcome: Numbers, probability: Numbers) -> Numbers:
    """The probabilities, all moved alike on the log-odds until as many are expected as came."""
    from scipy.optimize import brentq
    from scipy.special import expit, logit

    if not 0 < outcome.sum() < outcome.size:
        return probability
    odds = logit(np.clip(probability, 1e-12, 1 - 1e-12))
    step = brentq(lambda moved: float(expit(odds + moved).sum() - outcome.sum()), -40, 40)
    return np.asarray(expit(odds + step), dtype=np.float64)


def _tenths(expected: Numbers, parts: int) -> list[Integers]:
    """Rows of each tenth by rising prediction; equal predictions stay together."""
    possible = max(1, min(parts, expected.size // MINIMUM_ROWS))
    cuts = np.unique(np.quantile(expected, np.arange(1, possible) / possible))
    place = np.searchsorted(cuts, expected, side="left")
    return [np.flatnonzero(place == one) for one in np.unique(place)]


def _ratios(
    outcome: Numbers,
    expected: Numbers,
    codes: Integers,
    groups: list[Integers],
    *,
    is_event: bool,
) -> tuple[Ratio, ...]:
    from scipy.stats import norm

    quantile = float(norm.ppf(1 - (1 - CONFIDENCE) / 2 / len(groups)))
    return tuple(
        _ratio(outcome[rows], expected[rows], codes[rows], quantile, is_event=is_event)
        for rows in groups
    )


def _ratio(
    outcome: Numbers,
    expected: Numbers,
    codes: Integers,
    quantile: float,
    *,
    is_event: bool,
) -> Ratio:
    came, total = float(outcome.sum()), float(expected.sum())
    ratio = came / total
    left = outcome - ratio * expected
    alone = float((left**2).sum())
    by_person = float((np.bincount(codes, weights=left) ** 2).sum())
    if is_event:
        clustering = max(1.0, by_person / alone) if alone > 0 else 1.0
        low, high = _wilson(came, expected, quantile**2 * clustering)
    else:
        half = quantile * float(np.sqrt(max(alone, by_person))) / total
        low, high = ratio - half, ratio + half
    rows = outcome.size
    return Ratio(rows, total / rows, came / rows, ratio, low, high)


def _wilson(came: float, expected: Numbers, width: float) -> tuple[float, float]:
    """Ratios r at which `came` is just as far from r · expected as chance allows.

    With E = Σp and Q = Σp², the variance under r is r · E - r² · Q, so that the limits solve
    (came - r · E)² = width · (r · E - r² · Q), a quadratic in r.
    """
    total, squares = float(expected.sum()), float((expected**2).sum())
    a = total**2 + width * squares
    b = -(2 * came * total + width * total)
    c = came**2
    root = float(np.sqrt(max(b**2 - 4 * a * c, 0.0)))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def _refuse_impossible(expected: Numbers, *, is_event: bool) -> None:
    if expected.size == 0:
        raise CannotRun("calibration: there is no row to judge")
    wrong = ~np.isfinite(expected) | (expected <= 0) | (is_event & (expected > 1))
    if wrong.any():
        what = "probabilities between 0 and 1" if is_event else "amounts above 0"
        raise CannotRun(
            f"calibration: {int(wrong.sum())} of {expected.size} predictions are not {what}, "
            f"for example {expected[wrong][0]}"
        )
