"""Trees of one split on all features: what a card could be, were no feature dropped from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scoring.backtest.peers.base import Fitted, Predicted, Setting, grid
from scoring.backtest.rows import CATEGORY, Rows, Shape
from scoring.training.bins import make_bins
from scoring.training.boosting import AMOUNT, COUNT, LOGISTIC, fit
from scoring.training.calibration import expected

if TYPE_CHECKING:
    from scoring.training.bins import Codes

OBJECTIVES = {Shape.EVENT: LOGISTIC, Shape.AMOUNT: AMOUNT, Shape.COUNT: COUNT}


@dataclass(frozen=True)
class Additive:
    """The trainer's own trees without its choice of features, its calibration and its rounding."""

    name: str = "one-split trees"
    settings: tuple[Setting, ...] = grid(bins=(10, 20, 32), trees=(50, 100, 200, 400))

    def suits(self, rows: Rows) -> bool:
        """Always, as long as there is a feature."""
        return len(rows.frame.columns) > 0

    def fit(self, rows: Rows, setting: Setting) -> Fitted:
        """Grow the trees."""
        objective = OBJECTIVES[rows.shape]
        bins = {
            name: make_bins(
                name,
                rows.frame[name],
                is_category=kind == CATEGORY,
                max_bins=int(setting["bins"]),
            )
            for name, kind in rows.kinds.items()
        }

        def coded(seen: Rows) -> dict[str, Codes]:
            return {name: bins[name].codes(seen.frame[name]) for name in bins}

        codes = coded(rows)
        telling = [name for name in codes if len(np.unique(codes[name])) > 1]
        card = fit(
            codes,
            rows.outcome,
            bins,
            features=telling,
            directions={},
            objective=objective,
            rounds=int(setting["trees"]),
        ).additive()

        def predict(seen: Rows) -> Predicted:
            sums = card.predict(coded(seen))
            return Predicted(sums, expected(sums, objective))

        return predict
