"""Boosted trees of one split each: added up, they are one number per bin of each feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scoring.training.bins import MAX_BINS, MISSING, look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from scoring.training.bins import Codes, FeatureBins

    Numbers = NDArray[np.float64]

LOGISTIC = "binary"
AMOUNT = "tweedie"
COUNT = "poisson"
ROUNDS = (50, 100, 200, 400, 800, 1600)
LEARNING_RATE = 0.05
# One thread gives the same sums on every machine, and is fast enough.
_PARAMETERS: dict[str, Any] = {
    "num_leaves": 2,
    "learning_rate": LEARNING_RATE,
    "feature_fraction": 0.2,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "min_data_in_leaf": 30,
    "lambda_l2": 5.0,
    "max_bin": MAX_BINS + 2,
    "min_data_in_bin": 1,
    "max_cat_to_onehot": MAX_BINS + 2,
    "cat_smooth": 20.0,
    "monotone_constraints_method": "basic",
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "seed": 20,
    "verbose": -1,
}
_TWEEDIE_POWER = 1.3


@dataclass(frozen=True)
class Additive:
    """A sum of one number per bin: `base` and, per feature, the number of each code.

    Attributes:
        base: what everybody gets, on the log scale.
        tables: per feature, the number of each code.
    """

    base: float
    tables: Mapping[str, Mapping[int, float]]

    def parts(self, feature: str, codes: Codes) -> Numbers:
        """What a feature adds for each row; a code without a number adds nothing."""
        return look_up(self.tables[feature], codes)

    def predict(self, codes: Mapping[str, Codes]) -> Numbers:
        """The sum for each row, on the log scale."""
        rows = len(next(iter(codes.values())))
        total = np.full(rows, self.base)
        for feature in self.tables:
            total += self.parts(feature, codes[feature])
        return total


@dataclass(frozen=True)
class Fit:
    """Trees grown for the most rounds asked for; any smaller number can be read off."""

    features: tuple[str, ...]
    rounds: int
    _booster: Any
    _bins: Mapping[str, FeatureBins]
    _seen: Mapping[str, Mapping[int, int]]

    def additive(self, rounds: int | None = None) -> Additive:
        """The trees of the first rounds as one number per bin of each feature.

        A feature's missing values have the number that the trees found for them. Where training
        saw none they get the mean of the others, weighted by rows: nothing is known of them.
        """
        count = rounds or self.rounds
        rows: list[Numbers] = [np.full(len(self.features), np.nan)]
        keys: list[tuple[str, int]] = []
        for place, feature in enumerate(self.features):
            for code in (MISSING, *self._bins[feature].value_codes):
                row = rows[0].copy()
                if code != MISSING:
                    row[place] = code
                rows.append(row)
                keys.append((feature, code))
        raw = self._booster.predict(np.array(rows), raw_score=True, num_iteration=count)
        # Every row but the first has one feature more than the first, which has none.
        tables: dict[str, dict[int, float]] = {feature: {} for feature in self.features}
        for (feature, code), number in zip(keys, raw[1:] - raw[0], strict=True):
            tables[feature][code] = float(number)
        for feature, table in tables.items():
            seen = self._seen[feature]
            if MISSING not in seen:
                numbers = [table[code] for code in seen]
                table[MISSING] = float(np.average(numbers, weights=list(seen.values())))
        return Additive(float(raw[0]), tables)


def fit(
    codes: Mapping[str, Codes],
    outcomes: Numbers,
    bins: Mapping[str, FeatureBins],
    *,
    features: Sequence[str],
    directions: Mapping[str, int],
    objective: str,
    rounds: int = max(ROUNDS),
    offsets: Numbers | None = None,
    learning_rate: float = LEARNING_RATE,
    on_round: Callable[[int], None] | None = None,
) -> Fit:
    """Grow trees of one split.

    Missing values go in as NaN, outside any constraint; categories are declared as such.

    Args:
        codes: bin codes per feature.
        outcomes: 0 or 1, or amounts of 0 or more.
        bins: bins per feature.
        features: features to use, in this order.
        directions: +1 or -1 for a feature that may only raise or only lower the sum.
        objective: `LOGISTIC`, or `AMOUNT` or `COUNT` for the logarithm of what is expected.
        rounds: how many trees.
        offsets: what each row has on the log scale before any tree, and keeps; none unless given.
        learning_rate: share of what a tree finds that is kept.
        on_round: told of every round.
    """
    import lightgbm

    names = tuple(features)
    matrix = np.empty((len(outcomes), len(names)), dtype=np.float32)
    for place, feature in enumerate(names):
        column = codes[feature]
        matrix[:, place] = np.where(column <= MISSING, np.nan, column)
    categories = [place for place, name in enumerate(names) if bins[name].is_category]
    parameters = _PARAMETERS | {
        "objective": objective,
        "monotone_constraints": [
            0 if place in categories else directions.get(name, 0)
            for place, name in enumerate(names)
        ],
    }
    parameters["learning_rate"] = learning_rate
    if objective == AMOUNT:
        parameters["tweedie_variance_power"] = _TWEEDIE_POWER
    data = lightgbm.Dataset(
        matrix,
        outcomes,
        init_score=offsets,
        categorical_feature=categories,
        params=parameters,
        free_raw_data=True,
    )

    def tell(environment: Any) -> None:  # noqa: ANN401 - a named tuple of lightgbm
        if on_round is not None:
            on_round(environment.iteration + 1)

    booster = lightgbm.train(parameters, data, rounds, callbacks=[tell])
    seen = {
        name: dict(
            zip(
                *(part.tolist() for part in np.unique(codes[name], return_counts=True)), strict=True
            )
        )
        for name in names
    }
    return Fit(names, rounds, booster, bins, seen)
