"""The pooled card of offers: one card for all, each offer set off against what is usual for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.training.bins import MAX_BINS, make_bins, shares
from scoring.training.boosting import LOGISTIC, ROUNDS, fit
from scoring.training.calibration import Line, expected
from scoring.training.cards import LOG_ODDS, Card, Scale, from_additive
from scoring.training.offers.rows import FEATURES, HISTORY, OUTCOME, reference_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from scoring.training.bins import FeatureBins
    from scoring.training.boosting import Numbers
    from scoring.training.cards import Key

_LEARNING_RATE = 0.3
_STEPS = 50
_SMALL = 1e-10


@dataclass(frozen=True)
class Learned:
    """A card of offers.

    Attributes:
        card: points in thousandths, centred on the pairs that it learned from.
        shares: share of those pairs in every bin.
        rounds: trees, chosen on the later date.
        shift: what the later date moved the odds by, on the log scale.
    """

    card: Card
    shares: dict[Key, dict[int, Decimal]]
    rounds: int
    shift: float


def learn(
    early: pd.DataFrame,
    later: pd.DataFrame,
    bin_set: str,
    points_per_doubling: float,
    tried_rounds: Sequence[int] = ROUNDS,
) -> Learned:
    """Learn on early rows, choose the number of trees and the level on later ones.

    The log odds that are usual for the offer are what every row starts from, so that points tell
    how far a pair is from usual and 5 means the same for every offer: its own reference.
    """
    bins = {name: _bins(name, early) for name in FEATURES}
    codes = {name: bins[name].codes(early[name]) for name in FEATURES}
    grown = fit(
        codes,
        early[OUTCOME].to_numpy(dtype=np.float64),
        bins,
        features=FEATURES,
        directions={},
        objective=LOGISTIC,
        rounds=max(tried_rounds),
        offsets=reference_of(early),
        learning_rate=_LEARNING_RATE,
    )
    later_codes = {name: bins[name].codes(later[name]) for name in FEATURES}
    outcomes = later[OUTCOME].to_numpy(dtype=np.float64)
    tried = {
        rounds: reference_of(later) + grown.additive(rounds).predict(later_codes)
        for rounds in tried_rounds
    }
    rounds = min(tried, key=lambda one: _loss(tried[one], outcomes))
    shift = _shift(tried[rounds], outcomes)
    additive = Line(shift, 1.0).fold(grown.additive(rounds))
    # The reference is the offer's own, so the card's is none: odds of 1.
    card = from_additive(additive, Scale(LOG_ODDS, 1.0, points_per_doubling), bin_set, bins)
    found = {(bin_set, name): shares(codes[name], bins[name]) for name in FEATURES}
    return Learned(card.centred(found).rounded(), found, rounds, shift)


def log_odds(card: Card, frame: pd.DataFrame, points_per_doubling: float) -> Numbers:
    """Log odds that a card gives to rows: what is usual for the offer, and the points."""
    scale = Scale(LOG_ODDS, 1.0, points_per_doubling)
    return reference_of(frame) + scale.sums(card.raw(frame))


def _bins(feature: str, early: pd.DataFrame) -> FeatureBins:
    """Bins of a feature; of what a person did with an offer, from pairs in which they did.

    Most people never took most offers: quantiles of all pairs would leave one bin for the rest.
    """
    values = early[feature]
    if feature in HISTORY:
        taken = values[early["offer_days_since_last"].notna()].dropna()
        others = values[early["offer_days_since_last"].isna()].dropna()
        values = pd.concat([taken, others.head(2 * len(taken) // MAX_BINS)])
    return make_bins(feature, values, is_category=False, max_bins=MAX_BINS)


def _loss(sums: Numbers, outcomes: Numbers) -> float:
    return float(np.mean(np.logaddexp(0, sums) - outcomes * sums))


def _shift(sums: Numbers, outcomes: Numbers) -> float:
    """What to add so that as many are expected as came."""
    shift = 0.0
    for _ in range(_STEPS):
        fitted = expected(sums + shift, LOGISTIC)
        step = float(np.sum(outcomes - fitted) / max(float(np.sum(fitted * (1 - fitted))), _SMALL))
        shift += float(np.clip(step, -1.0, 1.0))
        if abs(step) < _SMALL:
            break
    return shift
