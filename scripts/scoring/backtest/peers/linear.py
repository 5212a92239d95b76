"""Logistic regression, and its like for amounts and counts, on all features."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scoring.backtest.peers.base import Fitted, Predicted, Setting, grid
from scoring.backtest.rows import CATEGORY, Rows, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

_SMALLEST_SHARE = 0.01
_TWEEDIE = 1.5


@dataclass(frozen=True)
class Linear:
    """A linear model: logistic for events, Tweedie for amounts, Poisson for counts.

    Missing numbers become the median beside a column that says so; categories become columns.
    Numbers are brought to one scale as they are, or to a normal distribution by their ranks.
    """

    name: str = "logistic regression"
    settings: tuple[Setting, ...] = grid(
        scale=("standard", "normal"), strength=(0.001, 0.01, 0.03, 0.1, 1.0, 10.0)
    )

    def suits(self, rows: Rows) -> bool:
        """Always, as long as there is a feature."""
        return len(rows.frame.columns) > 0

    def fit(self, rows: Rows, setting: Setting) -> Fitted:
        """Fit the model."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.pipeline import make_pipeline

        pipeline = make_pipeline(
            _columns(rows.kinds, str(setting["scale"]), len(rows)),
            _model(rows, float(setting["strength"])),
        )
        with warnings.catch_warnings():
            # A setting that has not settled is judged by what it reached, like any other.
            warnings.simplefilter("ignore", ConvergenceWarning)
            pipeline.fit(_filled(rows), rows.outcome)

        def predict(seen: Rows) -> Predicted:
            if rows.shape is Shape.EVENT:
                expected = pipeline.predict_proba(_filled(seen))[:, 1]
            else:
                expected = pipeline.predict(_filled(seen))
            return Predicted(expected, expected)

        return predict


def _filled(rows: Rows) -> pd.DataFrame:
    """Features with a word where a category is missing."""
    texts = {name: "missing" for name, kind in rows.kinds.items() if kind == CATEGORY}
    return rows.frame.fillna(texts)


def _columns(kinds: Mapping[str, str], scale: str, row_count: int) -> Any:  # noqa: ANN401 - no types
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, QuantileTransformer, StandardScaler

    scaled = StandardScaler()
    if scale == "normal":
        scaled = QuantileTransformer(
            output_distribution="normal", n_quantiles=min(200, row_count), random_state=0
        )
    filled = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    numbers = make_pipeline(filled, scaled)
    categories = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=_SMALLEST_SHARE)
    return make_column_transformer(
        (numbers, [name for name, kind in kinds.items() if kind != CATEGORY]),
        (categories, [name for name, kind in kinds.items() if kind == CATEGORY]),
        sparse_threshold=0,
    )


def _model(rows: Rows, strength: float) -> Any:  # noqa: ANN401 - scikit-learn ships no types
    from sklearn.linear_model import LogisticRegression, PoissonRegressor, TweedieRegressor

    if rows.shape is Shape.EVENT:
        return LogisticRegression(C=strength, max_iter=300)
    # Their penalty is against the mean loss of a row, where that of C is against the sum.
    penalty = 1 / (strength * len(rows))
    if rows.shape is Shape.COUNT:
        return PoissonRegressor(alpha=penalty, max_iter=300)
    return TweedieRegressor(power=_TWEEDIE, alpha=penalty * np.mean(rows.outcome), max_iter=300)
