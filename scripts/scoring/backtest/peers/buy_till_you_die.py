"""BG/NBD: repeat purchases of buyers who at some time stop, without anyone being told.

Purchases of a buyer come at random at a rate that differs between buyers (gamma); after each one
the buyer may stop, with a probability that differs too (beta). Fader, Hardie and Lee, "Counting
your customers the easy way", Marketing Science 24 (2005): equations 6 and 10.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.backtest.metrics import Numbers
from scoring.backtest.peers.base import Fitted, Predicted, Setting, grid
from scoring.backtest.rows import Rows, Shape
from scoring.errors import CannotRun

_WEEK = 7.0
# Of the logarithm of a parameter: beyond it buyers are all alike, and the likelihood is flat.
_LARGEST = 8.0


@dataclass(frozen=True)
class Histories:
    """What the model knows of each buyer, in weeks.

    Attributes:
        repeats: days with a purchase after the first.
        recency: weeks from the first purchase to the last.
        age: weeks from the first purchase to the last day that was seen.
    """

    repeats: Numbers
    recency: Numbers
    age: Numbers


@dataclass(frozen=True)
class BgNbd:
    """Parameters of the rates (r, alpha in weeks) and of stopping (a, b)."""

    r: float
    alpha: float
    a: float
    b: float

    def expected(self, seen: Histories, weeks: float) -> Numbers:
        """Purchases that are expected in the weeks to come."""
        from scipy.special import hyp2f1

        x, ages = seen.repeats, self.alpha + seen.age
        later = ages + weeks
        curve = hyp2f1(self.r + x, self.b + x, self.a + self.b + x - 1, weeks / later)
        bought = (self.a + self.b + x - 1) / (self.a - 1)
        bought = bought * (1 - (ages / later) ** (self.r + x) * curve)
        stopped = self.a / (self.b + np.maximum(x, 1) - 1)
        stopped = stopped * (ages / (self.alpha + seen.recency)) ** (self.r + x)
        expected: Numbers = bought / (1 + np.where(x > 0, stopped, 0.0))
        return expected


def fit_bg_nbd(seen: Histories, penalty: float = 0.0) -> BgNbd:
    """Parameters of the highest likelihood.

    Args:
        seen: histories.
        penalty: against large parameters: times the sum of their squares, per buyer.

    Raises:
        CannotRun: no parameters could be found.
    """
    from scipy.optimize import minimize

    def loss(logarithms: Numbers) -> float:
        parameters = np.exp(logarithms)
        likelihood = float(np.mean(_log_likelihood(seen, *parameters)))
        return -likelihood + penalty * float((parameters**2).sum())

    found = minimize(
        loss,
        np.zeros(4),
        method="L-BFGS-B",
        bounds=[(-_LARGEST, _LARGEST)] * 4,
        options={"maxiter": 1000, "ftol": 1e-12},
    )
    if not found.success:
        raise CannotRun(f"BG/NBD could not be fitted to {seen.age.size} buyers: {found.message}")
    return BgNbd(*(float(value) for value in np.exp(found.x)))


def _log_likelihood(seen: Histories, r: float, alpha: float, a: float, b: float) -> Numbers:
    from scipy.special import gammaln

    x = seen.repeats
    rates = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stops = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    alive = -(r + x) * np.log(alpha + seen.age)
    stopped = np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + seen.recency)
    either = np.logaddexp(alive, np.where(x > 0, stopped, -np.inf))
    likelihood: Numbers = rates + stops + either
    return likelihood


@dataclass(frozen=True)
class BuyTillYouDie:
    """BG/NBD, fitted to the histories up to the as-of date; outcomes are not needed."""

    name: str = "BG/NBD"
    settings: tuple[Setting, ...] = grid(
        penalty=(0.0, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2)
    )

    def suits(self, rows: Rows) -> bool:
        """Counts of purchases."""
        needed = {"order_count_lifetime", "days_since_first_order", "days_since_last_order"}
        return rows.shape is Shape.COUNT and needed <= set(rows.frame.columns)

    def fit(self, rows: Rows, setting: Setting) -> Fitted:  # noqa: ARG002 - learns when it predicts
        """Nothing is learned from past outcomes."""

        def predict(seen: Rows) -> Predicted:
            expected = np.zeros(len(seen))
            for day in np.unique(seen.date):
                of_day = np.flatnonzero(seen.date == day)
                histories = _histories(seen.take(of_day))
                model = fit_bg_nbd(histories, float(setting["penalty"]))
                expected[of_day] = model.expected(histories, seen.horizon_days / _WEEK)
            return Predicted(expected, expected)

        return predict


def _histories(rows: Rows) -> Histories:
    """Histories from features; the last day that was seen is the one before the as-of date."""
    first = rows.numbers("days_since_first_order")
    last = rows.numbers("days_since_last_order")
    if np.isnan(first).any():
        raise CannotRun("BG/NBD is for buyers: leave out people without an order")
    return Histories(
        repeats=rows.numbers("order_count_lifetime") - 1,
        recency=(first - last) / _WEEK,
        age=(first - 1) / _WEEK,
    )
