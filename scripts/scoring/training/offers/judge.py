"""The card of offers beside its peers, on the same rows of dates that nothing was chosen on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scoring.training.offers.learn import log_odds
from scoring.training.offers.measures import difference, figures, new_difference
from scoring.training.offers.rows import FEATURES, OUTCOME, reference_of

if TYPE_CHECKING:
    import pandas as pd

    from scoring.training.boosting import Numbers
    from scoring.training.cards import Card

TRAINED = "this card"
OWN_FREQUENCY = "own frequency"
BOOSTED = "LightGBM, unrestricted"
_BOOSTED_ROUNDS = 300
_BOOSTED = {
    "objective": "binary",
    "num_leaves": 31,
    "learning_rate": 0.06,
    "feature_fraction": 0.6,
    "min_data_in_leaf": 100,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "seed": 20,
    "verbose": -1,
}


@dataclass(frozen=True)
class Peer:
    """A way to put offers in order, and how well it does.

    Attributes:
        name: what it is.
        figures: measures by name.
        gain: by how much the card's MAP@10 is above it, with the 95 % interval; none for itself.
        new_gain: the same for the AUC of offers never bought.
    """

    name: str
    figures: dict[str, float]
    gain: tuple[float, float, float] | None
    new_gain: tuple[float, float, float] | None


def judge(
    test: pd.DataFrame,
    early: pd.DataFrame,
    card: Card,
    expert: Card,
    points_per_doubling: float,
) -> tuple[Peer, ...]:
    """Judge the card, the expert card and the rules that people use."""
    ours = log_odds(card, test, points_per_doubling)
    scores = {
        TRAINED: ours,
        "expert card": log_odds(expert, test, points_per_doubling),
        BOOSTED: _boosted(early, test),
        OWN_FREQUENCY: test["offer_day_count_364d"].to_numpy(dtype=np.float64),
        "popularity": reference_of(test),
    }
    # Own frequency says nothing of what was never bought: there it falls back on popularity.
    tie_break = reference_of(test)
    scores[OWN_FREQUENCY] = scores[OWN_FREQUENCY] + 1e-6 * tie_break
    return tuple(
        Peer(
            name,
            figures(test, score),
            None if name == TRAINED else difference(test, ours, score),
            None if name == TRAINED else new_difference(test, ours, score),
        )
        for name, score in scores.items()
    )


def _boosted(early: pd.DataFrame, test: pd.DataFrame) -> Numbers:
    """Trees without restriction on the raw features, set off against the same references."""
    import lightgbm

    columns = list(FEATURES)
    data = lightgbm.Dataset(
        early[columns].to_numpy(dtype=np.float32),
        early[OUTCOME].to_numpy(dtype=np.float64),
        init_score=reference_of(early),
        params=_BOOSTED,
    )
    booster = lightgbm.train(_BOOSTED, data, _BOOSTED_ROUNDS)
    matrix = test[columns].to_numpy(dtype=np.float32)
    return np.asarray(booster.predict(matrix, raw_score=True)) + reference_of(test)
