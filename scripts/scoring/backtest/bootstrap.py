"""Intervals of differences between predictions on the same rows, people drawn whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scoring.backtest.metrics import Integers, Keys, Numbers

REPLICATES = 1000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A value with the limits that it lies between with the stated confidence."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """The value and its limits with three digits, signed."""
        return f"{self.value:+.3f} ({self.low:+.3f} … {self.high:+.3f})"


def paired_differences(
    metric: Callable[[Numbers, Numbers], float],
    outcome: Numbers,
    predictions: Mapping[str, Numbers],
    reference: str,
    person: Keys,
    *,
    replicates: int = REPLICATES,
    confidence: float = CONFIDENCE,
    seed: int = 1,
) -> dict[str, Interval]:
    """Each prediction's metric minus that of the reference, with a bootstrap interval.

    Whole people are drawn, since the dates of one person resemble each other, and the same ones for
    every prediction, since the differences are what is asked. Draws in which a metric has no value
    (no event among those drawn) are left out.

    Args:
        metric: of outcome and prediction.
        outcome: what came.
        predictions: by name, the reference among them.
        reference: the prediction that the others are compared with.
        person: whose row it is.
        replicates: draws.
        confidence: of the interval, taken from percentiles.
        seed: of the draws; the same one gives the same interval.
    """
    _, codes = np.unique(person, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    counts = np.bincount(codes)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    generator = np.random.default_rng(seed)
    drawn: dict[str, list[float]] = {name: [] for name in predictions if name != reference}
    for _ in range(replicates):
        chosen = generator.integers(0, counts.size, counts.size)
        rows = order[_ranges(starts[chosen], counts[chosen])]
        base = metric(outcome[rows], predictions[reference][rows])
        for name, values in drawn.items():
            values.append(metric(outcome[rows], predictions[name][rows]) - base)
    known = metric(outcome, predictions[reference])
    tail = (1 - confidence) / 2 * 100
    return {
        name: Interval(
            metric(outcome, predictions[name]) - known,
            *(float(limit) for limit in np.nanpercentile(values, [tail, 100 - tail])),
        )
        for name, values in drawn.items()
    }


def _ranges(starts: Integers, counts: Integers) -> Integers:
    """The numbers from each start on, as many as counted, one after the other."""
    ends: Integers = np.cumsum(counts)
    numbers: Integers = np.arange(ends[-1]) + np.repeat(starts - (ends - counts), counts)
    return numbers
