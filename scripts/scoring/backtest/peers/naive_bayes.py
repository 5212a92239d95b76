"""Naive Bayes the way Odoo's lead scoring has it: a product of frequencies of field values.

Counts of events and of the rest start at 0.1 for each value of a field; a field whose value was
never seen is left out; the probability of the product is held between 0.01 and 99.99 % and rounded
to two digits of a per cent (`_pls_get_naive_bayes_probabilities` in Odoo's module crm).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.backtest import metrics
from scoring.backtest.metrics import Keys, Numbers
from scoring.backtest.peers.base import Fitted, Predicted, Setting, grid
from scoring.backtest.rows import CATEGORY, Rows, Shape

_START = 0.1
_LOWEST, _HIGHEST = 0.01, 99.99
_MISSING = "missing"


@dataclass(frozen=True)
class _Field:
    """A field as categories, and how often each came with the event and without."""

    name: str
    cuts: Numbers | None
    counts: pd.DataFrame

    def values(self, rows: Rows) -> Keys:
        return _values(rows, self.name, self.cuts)


@dataclass(frozen=True)
class NaiveBayes:
    """Naive Bayes on the fields that tell most, numbers cut into equal parts."""

    name: str = "naive Bayes"
    settings: tuple[Setting, ...] = grid(fields=(3, 5, 8, 12, 20, 1000), parts=(5, 10))

    def suits(self, rows: Rows) -> bool:
        """Events, of which there are some."""
        return rows.shape is Shape.EVENT

    def fit(self, rows: Rows, setting: Setting) -> Fitted:
        """Count values, and keep the fields with the highest Gini."""
        fields = [_counted(rows, name, int(setting["parts"])) for name in rows.frame.columns]
        merits = [
            abs(metrics.gini(rows.outcome, _odds(field, field.values(rows)))) for field in fields
        ]
        order = sorted(range(len(fields)), key=lambda i: (-merits[i], fields[i].name))
        kept = [fields[i] for i in order[: int(setting["fields"])]]
        came = float(rows.outcome.sum())
        base = float(np.log(came) - np.log(len(rows) - came)) if 0 < came < len(rows) else 0.0

        def predict(seen: Rows) -> Predicted:
            total = base + sum(
                (_odds(field, field.values(seen)) for field in kept), np.zeros(len(seen))
            )
            percent = 100 / (1 + np.exp(-np.clip(total, -700, 700)))
            probability = np.clip(np.round(percent, 2), _LOWEST, _HIGHEST) / 100
            return Predicted(probability, probability)

        return predict


def _counted(rows: Rows, name: str, parts: int) -> _Field:
    cuts = None
    if rows.kinds[name] != CATEGORY:
        known = rows.numbers(name)
        known = known[~np.isnan(known)]
        shares = np.linspace(0, 1, parts + 1)[1:-1]
        cuts = np.unique(np.quantile(known, shares)) if known.size else np.array([])
    events = rows.outcome > 0
    values = pd.Series(_values(rows, name, cuts))
    counts = pd.DataFrame(
        {"event": values[events].value_counts(), "rest": values[~events].value_counts()}
    )
    return _Field(name, cuts, counts.fillna(0) + _START)


def _values(rows: Rows, name: str, cuts: Numbers | None) -> Keys:
    if cuts is None:
        text: Keys = rows.frame[name].fillna(_MISSING).to_numpy(dtype=object)
        return text
    numbers = rows.numbers(name)
    parts = np.searchsorted(cuts, numbers, side="right").astype(str).astype(object)
    parts[np.isnan(numbers)] = _MISSING
    return parts


def _odds(field: _Field, values: Keys) -> Numbers:
    """Logarithm of P(value | event) / P(value | rest); 0 where the value was never seen."""
    shares = np.log(field.counts / field.counts.sum())
    odds: Numbers = (shares["event"] - shares["rest"]).reindex(values).fillna(0.0).to_numpy()
    return odds
