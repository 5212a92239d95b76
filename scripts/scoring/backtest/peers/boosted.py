"""LightGBM on raw features with nothing held back: the black box to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.backtest.peers.base import Fitted, Predicted, Setting, grid
from scoring.backtest.rows import CATEGORY, Rows, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

_OBJECTIVES = {Shape.EVENT: "binary", Shape.AMOUNT: "tweedie", Shape.COUNT: "poisson"}


@dataclass(frozen=True)
class Boosted:
    """Boosted trees of any depth, missing values and categories left to LightGBM."""

    name: str = "LightGBM"
    settings: tuple[Setting, ...] = grid(
        leaves=(4, 15, 31), smallest=(20, 100), trees=((80, 0.1), (200, 0.05))
    )

    def suits(self, rows: Rows) -> bool:
        """Always, as long as there is a feature."""
        return len(rows.frame.columns) > 0

    def fit(self, rows: Rows, setting: Setting) -> Fitted:
        """Grow the trees."""
        import lightgbm

        levels = {
            name: sorted(rows.frame[name].dropna().unique())
            for name, kind in rows.kinds.items()
            if kind == CATEGORY
        }
        count, rate = setting["trees"]
        booster = lightgbm.train(
            {
                "objective": _OBJECTIVES[rows.shape],
                "num_leaves": setting["leaves"],
                "min_data_in_leaf": setting["smallest"],
                "learning_rate": rate,
                "feature_fraction": 0.5,
                "bagging_fraction": 0.8,
                "bagging_freq": 1,
                "deterministic": True,
                "force_row_wise": True,
                "num_threads": 1,
                "seed": 1,
                "verbosity": -1,
            },
            lightgbm.Dataset(_encoded(rows.frame, levels), rows.outcome),
            num_boost_round=count,
        )

        def predict(seen: Rows) -> Predicted:
            expected = np.asarray(booster.predict(_encoded(seen.frame, levels)))
            return Predicted(expected, expected)

        return predict


def _encoded(frame: pd.DataFrame, levels: Mapping[str, list[str]]) -> pd.DataFrame:
    """Categories as LightGBM takes them; a level that was not learned is missing."""
    return frame.assign(
        **{name: pd.Categorical(frame[name], categories=known) for name, known in levels.items()}
    )
