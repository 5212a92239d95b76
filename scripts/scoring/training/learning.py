"""Choosing features and settings on rolling origins, each judged on days later than it learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scoring.errors import CannotRun
from scoring.training.boosting import LOGISTIC, ROUNDS, Additive, fit
from scoring.training.measures import losses, mean_and_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from scoring.training.bins import Codes, FeatureBins
    from scoring.training.boosting import Fit, Numbers
    from scoring.training.splits import Places

SIZES = (4, 8, 12, 16, 24, 32, 48)


@dataclass(frozen=True)
class Examples:
    """Rows to learn from, binned.

    Attributes:
        codes: bin codes per feature.
        outcomes: 0 or 1, or amounts.
        people: whose row it is.
        bins: bins per feature.
        directions: declared directions per feature, of the score.
        objective: `LOGISTIC` or `AMOUNT`.
    """

    codes: Mapping[str, Codes]
    outcomes: Numbers
    people: pd.Series
    bins: Mapping[str, FeatureBins]
    directions: Mapping[str, int]
    objective: str

    def at(self, places: Places) -> Examples:
        """Some of the rows."""
        return Examples(
            {feature: codes[places] for feature, codes in self.codes.items()},
            self.outcomes[places],
            self.people.iloc[places],
            self.bins,
            self.directions,
            self.objective,
        )

    @property
    def rarer(self) -> int:
        """Rows of the rarer class; for amounts, rows with any."""
        yes = int(np.sum(self.outcomes > 0))
        return min(yes, len(self.outcomes) - yes) if self.objective == LOGISTIC else yes

    def grow(self, features: Sequence[str], rounds: int) -> Fit:
        """Trees on these rows."""
        return fit(
            self.codes,
            self.outcomes,
            self.bins,
            features=features,
            directions=self.directions,
            objective=self.objective,
            rounds=rounds,
        )


@dataclass(frozen=True)
class Gain:
    """What a feature was worth on later days: loss without it minus loss with it."""

    feature: str
    mean: float
    error: float


@dataclass(frozen=True)
class Choice:
    """What the rolling origins chose.

    Attributes:
        features: those that survived, the most useful first.
        dropped: the others, with what they were worth.
        gains: what each candidate was worth.
        rounds: number of trees.
        origins: number of pairs of an earlier and a later part.
        later: places of the rows that were judged.
        sums: their sums, each made by trees that saw earlier days alone.
        rarer: rows of the rarer class that each of them learned from.
    """

    features: tuple[str, ...]
    dropped: tuple[Gain, ...]
    gains: tuple[Gain, ...]
    rounds: int
    origins: int
    later: Places
    sums: Numbers
    rarer: Numbers


def choose(
    examples: Examples,
    origins: Sequence[tuple[Places, Places]],
    candidates: Sequence[str],
    tell: Callable[[str], None],
) -> Choice:
    """Choose the number of trees, then the features: each the simplest within one standard error.

    Args:
        examples: rows of the training period.
        origins: places of earlier and later rows.
        candidates: features that may be used.
        tell: told what is being done.

    Raises:
        CannotRun: the rows hold one outcome only, or no feature is worth anything.
    """
    usable = [
        (earlier, later) for earlier, later in origins if examples.at(earlier).rarer and len(later)
    ]
    if not usable:
        raise CannotRun(
            f"{len(examples.outcomes)} rows hold one outcome only: there is nothing to learn yet"
        )
    tell(f"{len(candidates)} candidates on {len(usable)} rolling origins")
    grown = [examples.at(earlier).grow(candidates, max(ROUNDS)) for earlier, _ in usable]
    parts = [examples.at(later) for _, later in usable]
    people = _joined([part.people for part in parts])

    def judged(cards: Sequence[Additive]) -> Numbers:
        return np.concatenate(
            [
                losses(card.predict(part.codes), part.outcomes, part.objective)
                for card, part in zip(cards, parts, strict=True)
            ]
        )

    by_rounds = {n: judged([one.additive(n) for one in grown]) for n in ROUNDS}
    rounds = _simplest(by_rounds, people)
    cards = [one.additive(rounds) for one in grown]
    gains = sorted(
        (_gain(feature, cards, parts, by_rounds[rounds], people) for feature in candidates),
        key=lambda gain: (-gain.mean, gain.feature),
    )
    useful = [gain.feature for gain in gains if gain.mean > gain.error]
    if not useful:
        raise CannotRun(
            "no feature foresees the outcome beyond chance on later days: nothing is trained, the "
            "card stays as it is"
        )
    sums, by_size = {}, {}
    for size in sorted({min(size, len(useful)) for size in SIZES} | {len(useful)}):
        tell(f"{size} of {len(useful)} features that are worth something")
        of_size = [
            examples.at(earlier).grow(useful[:size], rounds).additive() for earlier, _ in usable
        ]
        by_size[size] = judged(of_size)
        sums[size] = np.concatenate(
            [card.predict(part.codes) for card, part in zip(of_size, parts, strict=True)]
        )
    size = _simplest(by_size, people)
    kept = tuple(useful[:size])
    return Choice(
        features=kept,
        dropped=tuple(gain for gain in gains if gain.feature not in kept),
        gains=tuple(gains),
        rounds=rounds,
        origins=len(usable),
        later=np.concatenate([later for _, later in usable]),
        sums=sums[size],
        rarer=np.concatenate(
            [np.full(len(later), examples.at(earlier).rarer) for earlier, later in usable]
        ).astype(np.float64),
    )


def _gain(
    feature: str,
    cards: Sequence[Additive],
    parts: Sequence[Examples],
    with_it: Numbers,
    people: pd.Series,
) -> Gain:
    """Loss on later rows when everybody gets the mean of what the feature adds."""
    without = []
    for card, part in zip(cards, parts, strict=True):
        added = card.parts(feature, part.codes[feature])
        sums = card.predict(part.codes) - added + float(np.mean(added))
        without.append(losses(sums, part.outcomes, part.objective))
    mean, error = mean_and_error(np.concatenate(without) - with_it, people)
    return Gain(feature, mean, error)


def _simplest(by_setting: Mapping[int, Numbers], people: pd.Series) -> int:
    """The smallest setting whose loss is within one standard error of the least."""
    best = min(by_setting, key=lambda setting: (float(np.mean(by_setting[setting])), setting))
    for setting in sorted(by_setting):
        mean, error = mean_and_error(by_setting[setting] - by_setting[best], people)
        if mean <= error:
            return setting
    return best


def _joined(people: Sequence[pd.Series]) -> pd.Series:
    import pandas as pd

    return pd.concat(list(people), ignore_index=True)
