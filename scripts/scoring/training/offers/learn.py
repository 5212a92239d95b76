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
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from scoring.training.bins import Codes, FeatureBins
    from scoring.training.boosting import Fit, Numbers
    from scoring.training.cards import Key

_LEARNING_RATE = 0.3
_STEPS = 50
_SMALL = 1e-10
# On the log scale; what moves nobody by more is only longer to read.
_MOVES = 0.05


@dataclass(frozen=True)
class Learned:
    """A card of offers.

    Attributes:
        card: points in thousandths, centred on the early pairs.
        shares: share of those pairs in every bin.
        rounds: trees, chosen on the later date.
        shift: what the later date moved the odds by, on the log scale, before trees grew on it.
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

    Then the trees grow on the later rows too, which are nearest to what is to come. What moves
    nobody is left out.

    The log odds that are usual for the offer are what every row starts from, so that points tell
    how far a pair is from usual and 5 means the same for every offer: its own reference.
    """
    bins = {name: _bins(name, early) for name in FEATURES}
    codes = {name: bins[name].codes(early[name]) for name in FEATURES}
    grown = _grown(codes, early, bins, max(tried_rounds))
    later_codes = {name: bins[name].codes(later[name]) for name in FEATURES}
    outcomes = later[OUTCOME].to_numpy(dtype=np.float64)
    tried = {
        rounds: reference_of(later) + grown.additive(rounds).predict(later_codes)
        for rounds in tried_rounds
    }
    rounds = min(tried, key=lambda one: _loss(tried[one], outcomes))
    shift = _shift(tried[rounds], outcomes)
    every = pd.concat([early, later], ignore_index=True)
    every_code = {name: np.concatenate([codes[name], later_codes[name]]) for name in FEATURES}
    additive = _grown(every_code, every, bins, rounds).additive()
    level = _shift(reference_of(later) + additive.predict(later_codes), outcomes)
    additive = Line(level, 1.0).fold(additive)
    # The reference is the offer's own, so the card's is none: odds of 1.
    scale = Scale(LOG_ODDS, 1.0, points_per_doubling)
    card = from_additive(additive, scale, bin_set, bins)
    found = {(bin_set, name): shares(codes[name], bins[name]) for name in FEATURES}
    centred = card.centred(found)
    kept = {
        key: table
        for key, table in centred.points.items()
        if max(map(abs, table.values())) >= _MOVES * scale.unit
    }
    card = Card(centred.base, kept, {key: card.bins[key] for key in kept}).rounded()
    return Learned(card, found, rounds, shift)


def _grown(
    codes: Mapping[str, Codes], rows: pd.DataFrame, bins: Mapping[str, FeatureBins], rounds: int
) -> Fit:
    return fit(
        codes,
        rows[OUTCOME].to_numpy(dtype=np.float64),
        bins,
        features=FEATURES,
        directions={},
        objective=LOGISTIC,
        rounds=rounds,
        offsets=reference_of(rows),
        learning_rate=_LEARNING_RATE,
    )


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
