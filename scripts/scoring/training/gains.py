"""What a feature is worth on later days, and to people whom nothing was learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scoring.training.measures import levelled_losses, mean_and_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from scoring.training.boosting import Additive, Numbers
    from scoring.training.examples import Examples

HURTS = "hurts on later days"
TURNED = "hurts on the latest days"
UNPROVEN = "says the same of everybody on a day, and is not shown to be worth it from day to day"
NOT_FOR_OTHERS = (
    "says the same of a person on every day, and is not shown to be worth it for other people"
)
_LATER = 2.0
# Standard errors that a trait must be worth: of many that tell nothing, one in six is worth one.
_FOR_OTHERS = 2.0


@dataclass(frozen=True)
class Gain:
    """What a feature was worth on later days: loss without it minus loss with it.

    Attributes:
        feature: which.
        mean: over all origins, a later one counting twice as much as the one before it; of other
            people than those learned from, where it says the same of a person on every day.
        error: its standard error; people are clusters, or occasions where it says the same of all.
        latest: over the latest origin.
        latest_error: its standard error.
        dropped: why it was dropped; empty where it was kept.
    """

    feature: str
    mean: float
    error: float
    latest: float
    latest_error: float
    dropped: str = ""


@dataclass(frozen=True)
class Origins:
    """Earlier parts that learn, later parts that judge.

    Attributes:
        earlier: rows to learn from, the latest origin last.
        later: rows to judge on.
        in_time: whether later rows are later; else they are other people.
    """

    earlier: tuple[Examples, ...]
    later: tuple[Examples, ...]
    in_time: bool

    @property
    def people(self) -> pd.Series:
        """Whose rows are judged on."""
        import pandas as pd

        return pd.concat([part.people for part in self.later], ignore_index=True)

    @property
    def weights(self) -> Numbers:
        """A later origin learned from more, and is nearer to what is to come."""
        growth = _LATER if self.in_time else 1.0
        shares = [
            np.full(len(part.outcomes), growth**place / len(part.outcomes))
            for place, part in enumerate(self.later)
        ]
        return np.concatenate(shares)

    @property
    def of_people(self) -> frozenset[str]:
        """Features that days cannot judge, since the people are those who were learned from."""
        return self.later[-1].of_people if self.in_time else frozenset()

    def mean(self, values: Sequence[Numbers]) -> float:
        """Mean of values of the later rows, origin by origin."""
        return float(np.average(np.concatenate(list(values)), weights=self.weights))

    def cards(self, features: Sequence[str], rounds: int) -> list[Additive]:
        """Trees grown anew on every earlier part."""
        return [part.grow(features, rounds).additive() for part in self.earlier]

    def losses(self, cards: Sequence[Additive]) -> list[Numbers]:
        """Losses of the later rows, each judged by the card of its origin."""
        return [
            levelled_losses(card.predict(part.codes), part.outcomes, part.objective)
            for card, part in zip(cards, self.later, strict=True)
        ]


def gains_of(
    candidates: Sequence[str],
    cards: Sequence[Additive],
    parts: Origins,
    with_it: Sequence[Numbers],
    rounds: int,
) -> list[Gain]:
    """What each candidate is worth, the most useful first.

    Args:
        candidates: features.
        cards: trees of all candidates, grown on each earlier part.
        parts: earlier and later parts.
        with_it: losses of the later rows.
        rounds: trees to grow where a feature is judged by other people.
    """
    of_others = _for_other_people(candidates, parts, rounds)
    found = []
    for feature in candidates:
        gain = _gain(feature, cards, parts, with_it)
        if feature in of_others:
            mean, error = of_others[feature]
            reason = NOT_FOR_OTHERS if mean <= _FOR_OTHERS * error else gain.dropped
            gain = Gain(feature, mean, error, gain.latest, gain.latest_error, reason)
        found.append(gain)
    return sorted(found, key=lambda gain: (-gain.mean, gain.feature))


def _gain(
    feature: str, cards: Sequence[Additive], parts: Origins, with_it: Sequence[Numbers]
) -> Gain:
    """Loss on later rows when everybody gets the mean of what the feature adds."""
    import pandas as pd

    of_day = feature in parts.later[-1].of_occasions
    gained = [
        _lost_without(feature, card, later) - loss
        for card, later, loss in zip(cards, parts.later, with_it, strict=True)
    ]
    clusters = [part.occasions if of_day else part.people for part in parts.later]
    mean, error = mean_and_error(
        np.concatenate(gained), pd.concat(clusters, ignore_index=True), parts.weights
    )
    latest, latest_error = mean_and_error(gained[-1], clusters[-1])
    reason = ""
    if of_day and mean <= error:
        reason = UNPROVEN
    elif mean < -error:
        reason = HURTS
    elif parts.in_time and latest < -latest_error:
        reason = TURNED
    return Gain(feature, mean, error, latest, latest_error, reason)


def _for_other_people(
    candidates: Sequence[str], parts: Origins, rounds: int
) -> dict[str, tuple[float, float]]:
    """What features that never change of a person are worth to the half nothing was learned from.

    Chance differences between people come back on every later day of the same people. So each half
    is judged by trees of the other half's rows, on the days that judge. A half that holds one
    outcome only shows nothing.
    """
    import pandas as pd

    fixed = [feature for feature in candidates if feature in parts.of_people]
    if not fixed:
        return {}
    whole = parts.earlier[-1]
    drawn = _halves(whole.people)
    halves = [whole.at(np.flatnonzero(drawn == half)) for half in (False, True)]
    if not all(half.rarer for half in halves):
        return dict.fromkeys(fixed, (0.0, 0.0))
    cards = [half.grow(candidates, rounds).additive() for half in halves]
    gained: dict[str, list[Numbers]] = {feature: [] for feature in fixed}
    people, weights = [], []
    ends = np.cumsum([len(part.outcomes) for part in parts.later])
    for part, share in zip(parts.later, np.split(parts.weights, ends[:-1]), strict=True):
        second = _halves(part.people)
        for card, others in zip(cards, (second, ~second), strict=True):
            judged = part.at(np.flatnonzero(others))
            if not len(judged.outcomes):
                continue
            people.append(judged.people)
            weights.append(share[others])
            sums = card.predict(judged.codes)
            loss = levelled_losses(sums, judged.outcomes, judged.objective)
            for feature in fixed:
                gained[feature].append(_lost_without(feature, card, judged) - loss)
    whose = pd.concat(people, ignore_index=True)
    counts = np.concatenate(weights)
    return {
        feature: mean_and_error(np.concatenate(values), whose, counts)
        for feature, values in gained.items()
    }


def _lost_without(feature: str, card: Additive, part: Examples) -> Numbers:
    """Losses of rows when everybody gets the mean of what a feature adds."""
    added = card.parts(feature, part.codes[feature])
    sums = card.predict(part.codes) - added + float(np.mean(added))
    return levelled_losses(sums, part.outcomes, part.objective)


def _halves(people: pd.Series) -> NDArray[np.bool_]:
    """Which half of the people each row is of."""
    import pandas as pd

    return np.asarray(pd.util.hash_array(people.to_numpy(dtype=object)) % 2 == 1)
