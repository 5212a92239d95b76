"""Rules without a fit to speak of: RFM quintiles, one feature, a recent average, popularity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.backtest import metrics
from scoring.backtest.metrics import Keys, Numbers
from scoring.backtest.peers.base import BUDGET, Fitted, Predicted, Setting, grid
from scoring.backtest.rows import CATEGORY, Rows, Shape

_QUINTILES = (0.2, 0.4, 0.6, 0.8)
_TWENTIETHS = 20


@dataclass(frozen=True)
class Rfm:
    """Recency, frequency and monetary value in quintiles, added up or taken as 125 cells.

    Cut-offs come from the rows learned from. Who never bought is in the lowest quintiles. Added up,
    the sum is ranked in the direction that it had; as cells, by the mean outcome of the cell, drawn
    to the overall mean with the weight of ten rows.
    """

    name: str = "RFM quintiles"
    settings: tuple[Setting, ...] = grid(
        frequency=("order_count_28d", "order_count_91d", "order_count_182d"),
        monetary=("order_amount_91d", "order_amount_182d"),
        form=("sum", "cells"),
    )

    def suits(self, rows: Rows) -> bool:
        """Where there are orders."""
        needed = {"days_since_last_order", *(str(s["frequency"]) for s in self.settings)}
        return (needed | {str(s["monetary"]) for s in self.settings}) <= set(rows.frame.columns)

    def fit(self, rows: Rows, setting: Setting) -> Fitted:
        """Learn the cut-offs, and the mean outcome of each sum or cell."""
        names = ("days_since_last_order", setting["frequency"], setting["monetary"])
        cuts = [np.nanquantile(_upward(rows, name), _QUINTILES) for name in names]

        def code(seen: Rows) -> Numbers:
            codes = [
                1.0 + np.searchsorted(cut, np.nan_to_num(_upward(seen, name), nan=-np.inf))
                for cut, name in zip(cuts, names, strict=True)
            ]
            if setting["form"] == "sum":
                return np.asarray(sum(codes), dtype=np.float64)
            return np.asarray(codes[0] * 100 + codes[1] * 10 + codes[2], dtype=np.float64)

        means = _shrunk_means(code(rows), rows.outcome, weight=10)
        overall = float(rows.outcome.mean())
        falls = metrics.spearman(rows.outcome, code(rows)) < 0

        def predict(seen: Rows) -> Predicted:
            codes = code(seen)
            expected = _looked_up(means, codes, overall)
            if setting["form"] == "cells":
                return Predicted(expected, expected)
            return Predicted(-codes if falls else codes, expected)

        return predict


def _upward(rows: Rows, name: str) -> Numbers:
    """Values that are higher for the better customer."""
    values = rows.numbers(name)
    return -values if name == "days_since_last_order" else values


@dataclass(frozen=True)
class BestFeature:
    """The one feature that ranks best, chosen among the twelve best on the rows learned from.

    A number is ranked in the direction that it had, missing values where their mean outcome is; a
    category by its mean outcome. What is expected is the mean outcome of a twentieth.
    """

    name: str = "best single feature"
    settings: tuple[Setting, ...] = grid(place=range(1, BUDGET + 1))

    def suits(self, rows: Rows) -> bool:
        """Always, as long as there is a feature."""
        return len(rows.frame.columns) > 0

    def fit(self, rows: Rows, setting: Setting) -> Fitted:
        """Rank the features on these rows and learn the one in the asked place."""
        encoded = {name: _encoder(rows, name) for name in rows.frame.columns}
        merits = {
            name: abs(
                metrics.gini(rows.outcome, encode(rows))
                if rows.shape is Shape.EVENT
                else metrics.spearman(rows.outcome, encode(rows))
            )
            for name, encode in encoded.items()
        }
        order = sorted(merits, key=lambda name: (-np.nan_to_num(merits[name]), name))
        chosen = order[min(int(setting["place"]), len(order)) - 1]
        encode = encoded[chosen]
        values = encode(rows)
        falls = metrics.spearman(rows.outcome, values) < 0
        cuts = np.unique(np.quantile(values, np.linspace(0, 1, _TWENTIETHS + 1)[1:-1]))
        overall = float(rows.outcome.mean())
        means = _shrunk_means(_parts(values, cuts), rows.outcome, weight=10)

        def predict(seen: Rows) -> Predicted:
            found = encode(seen)
            expected = _looked_up(means, _parts(found, cuts), overall)
            return Predicted(-found if falls else found, expected)

        return predict


def _parts(values: Numbers, cuts: Numbers) -> Numbers:
    return np.searchsorted(cuts, values).astype(np.float64)


def _encoder(rows: Rows, name: str) -> Callable[[Rows], Numbers]:
    """A feature as numbers without gaps."""
    overall = float(rows.outcome.mean())
    if rows.kinds[name] == CATEGORY:
        means = _shrunk_means(_text(rows, name), rows.outcome, weight=10)
        return lambda seen: _looked_up(means, _text(seen, name), overall)
    values = rows.numbers(name)
    missing = np.isnan(values)
    stand_in = 0.0 if missing.all() else float(np.median(values[~missing]))
    if missing.any() and not missing.all():
        gap_mean = float(rows.outcome[missing].mean())
        known, outcomes = values[~missing], rows.outcome[~missing]
        cuts = np.unique(np.quantile(known, np.linspace(0, 1, _TWENTIETHS + 1)[1:-1]))
        means = _shrunk_means(_parts(known, cuts), outcomes, weight=10)
        nearest = (means - gap_mean).abs().idxmin()
        stand_in = float(np.median(known[_parts(known, cuts) == nearest]))
    return lambda seen: np.nan_to_num(seen.numbers(name), nan=stand_in)


def _text(rows: Rows, name: str) -> Keys:
    text: Keys = rows.frame[name].fillna("").to_numpy(dtype=object)
    return text


def _shrunk_means(keys: Keys, outcome: Numbers, *, weight: float) -> pd.Series:
    """Mean outcome by key, drawn to the overall mean with the weight of some rows."""
    grouped = pd.Series(outcome).groupby(keys)
    return (grouped.sum() + weight * float(outcome.mean())) / (grouped.size() + weight)


def _looked_up(means: pd.Series, keys: Keys, otherwise: float) -> Numbers:
    found: Numbers = means.reindex(keys).fillna(otherwise).to_numpy(dtype=np.float64)
    return found


@dataclass(frozen=True)
class RecentAverage:
    """As much as of late: the amount of a window, brought to the horizon's length.

    Fitted to the total of the rows learned from, or not.
    """

    name: str = "recent average"
    settings: tuple[Setting, ...] = grid(
        days=(7, 28, 91, 182, 364, "lifetime"), form=("as it is", "fitted to the total")
    )

    def suits(self, rows: Rows) -> bool:
        """Amounts and counts, where there are orders."""
        measured = "amount" if rows.shape is Shape.AMOUNT else "count"
        spells = ("7d", "28d", "91d", "182d", "364d", "lifetime")
        needed = {"days_since_first_order", *(f"order_{measured}_{spell}" for spell in spells)}
        return rows.shape is not Shape.EVENT and needed <= set(rows.frame.columns)

    def fit(self, rows: Rows, setting: Setting) -> Fitted:
        """Learn the total, if asked."""
        measured = "amount" if rows.shape is Shape.AMOUNT else "count"
        days = setting["days"]

        def average(seen: Rows) -> Numbers:
            if days == "lifetime":
                spell = np.maximum(seen.numbers("days_since_first_order"), 1)
                total = seen.numbers(f"order_{measured}_lifetime")
            else:
                spell = np.full(len(seen), float(days))
                total = seen.numbers(f"order_{measured}_{days}d")
            return np.nan_to_num(total / spell * seen.horizon_days)

        came, said = float(rows.outcome.sum()), float(average(rows).sum())
        fitted = setting["form"] != "as it is" and said > 0
        factor = came / said if fitted else 1.0

        def predict(seen: Rows) -> Predicted:
            expected = average(seen) * factor
            return Predicted(expected, expected)

        return predict


@dataclass(frozen=True)
class Popularity:
    """What most people take: the mean outcome of the pair's other side, whoever the person is."""

    name: str = "popularity"
    settings: tuple[Setting, ...] = grid(weight=(0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000))

    def suits(self, rows: Rows) -> bool:
        """Rows of people and offers."""
        return rows.shape is Shape.EVENT and bool((rows.pair != "").all())

    def fit(self, rows: Rows, setting: Setting) -> Fitted:
        """Learn the mean of each offer, drawn to that of all."""
        means = _shrunk_means(rows.pair, rows.outcome, weight=float(setting["weight"]))
        overall = float(rows.outcome.mean())

        def predict(seen: Rows) -> Predicted:
            expected = _looked_up(means, seen.pair, overall)
            return Predicted(expected, expected)

        return predict


@dataclass(frozen=True)
class OwnFrequency:
    """What the person took before, popularity where that says nothing.

    Attributes:
        feature: how often the person took the offer, for example in the last 91 days.
        name: how tables call it.
        settings: the weight of popularity, in rows of one's own.
    """

    feature: str
    name: str = "own frequency"
    settings: tuple[Setting, ...] = grid(
        weight=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50)
    )

    def suits(self, rows: Rows) -> bool:
        """Rows of people and offers, with the feature."""
        return Popularity().suits(rows) and self.feature in rows.frame.columns

    def fit(self, rows: Rows, setting: Setting) -> Fitted:
        """Learn popularity."""
        popularity = Popularity().fit(rows, {"weight": 10})
        weight = float(setting["weight"])

        def predict(seen: Rows) -> Predicted:
            own = np.nan_to_num(seen.numbers(self.feature))
            return Predicted(own + weight * popularity(seen).ranking, None)

        return predict
