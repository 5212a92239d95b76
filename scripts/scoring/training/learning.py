"""Choosing features and settings on rolling origins, each judged on days later than it learned."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scoring.errors import CannotRun
from scoring.training.boosting import ROUNDS
from scoring.training.gains import NOT_FOR_OTHERS, UNPROVEN, Gain, Origins, gains_of
from scoring.training.measures import mean_and_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scoring.training.boosting import Additive, Numbers
    from scoring.training.examples import Examples
    from scoring.training.splits import Places

NEEDLESS = "adds next to nothing to those kept"
_UNPROVEN = (UNPROVEN, NOT_FOR_OTHERS)
# Share of what all features are worth that the smallest set has.
_ENOUGH = 0.99
# On the log scale: below it a feature moves nobody.
_MOVES = 0.05


@dataclass(frozen=True)
class Choice:
    """What the rolling origins chose.

    Attributes:
        features: those that were kept, the most useful first.
        gains: what each candidate was worth.
        rounds: number of trees.
        origins: number of pairs of an earlier and a later part.
        later: places of the rows that were judged, those of the latest origin last.
        latest: how many of them are of the latest origin.
        weights: what they count: a later origin twice as much as the one before it.
        sums: their sums, each made by trees that saw earlier days alone.
        rarer: rows of the rarer class that each of them learned from.
    """

    features: tuple[str, ...]
    gains: tuple[Gain, ...]
    rounds: int
    origins: int
    later: Places
    latest: int
    weights: Numbers
    sums: Numbers
    rarer: Numbers


def choose(
    examples: Examples,
    origins: Sequence[tuple[Places, Places]],
    candidates: Sequence[str],
    tell: Callable[[str], None],
    *,
    in_time: bool = True,
) -> Choice:
    """Choose the number of trees, then the features: those are dropped that do harm.

    Args:
        examples: rows to choose on.
        origins: places of earlier and later rows, the latest last.
        candidates: features that may be used.
        tell: told what is being done.
        in_time: whether an origin's later rows are later; else they are other people, and none
            counts more than another.

    Raises:
        CannotRun: the rows hold one outcome only, or every feature does harm.
    """
    usable = [
        (earlier, later) for earlier, later in origins if examples.at(earlier).rarer and len(later)
    ]
    if not usable:
        raise CannotRun(
            f"{len(examples.outcomes)} rows hold one outcome only: there is nothing to learn yet"
        )
    parts = Origins(
        tuple(examples.at(earlier) for earlier, _ in usable),
        tuple(examples.at(later) for _, later in usable),
        in_time,
    )
    tell(f"{len(candidates)} candidates on {len(usable)} rolling origins")
    grown = [part.grow(candidates, max(ROUNDS)) for part in parts.earlier]
    by_rounds = {n: parts.losses([one.additive(n) for one in grown]) for n in ROUNDS}
    rounds = min(ROUNDS, key=lambda n: (parts.mean(by_rounds[n]), n))
    cards = [one.additive(rounds) for one in grown]
    gains = gains_of(candidates, cards, parts, by_rounds[rounds], rounds)
    by_set: dict[tuple[str, ...], Numbers] = {}
    for kept in _sets(gains):
        tell(f"{len(kept)} features")
        by_set[kept] = np.concatenate(parts.losses(parts.cards(kept, rounds)))
    if not by_set:
        raise CannotRun(
            "no feature is worth anything on later days: nothing is trained, the card stays as it "
            "is"
        )
    harmless = tuple(gain.feature for gain in gains if not gain.dropped)
    features = _chosen(by_set, harmless, parts)
    moving = _moving(parts.earlier[-1].grow(features, rounds).additive(), features)
    features = moving or features
    final = parts.cards(features, rounds)
    return Choice(
        features=features,
        gains=tuple(_with_reason(gain, features) for gain in gains),
        rounds=rounds,
        origins=len(usable),
        later=np.concatenate([later for _, later in usable]),
        latest=len(usable[-1][1]),
        weights=parts.weights,
        sums=np.concatenate(
            [card.predict(part.codes) for card, part in zip(final, parts.later, strict=True)]
        ),
        rarer=np.concatenate(
            [
                np.full(len(later.outcomes), float(earlier.rarer))
                for earlier, later in zip(parts.earlier, parts.later, strict=True)
            ]
        ),
    )


def _sets(gains: Sequence[Gain]) -> list[tuple[str, ...]]:
    """Sets of features to try, the largest first: each leaves out more than the one before it.

    What one feature costs, the others kept, says little of what many cost together: features that
    say much the same stand in for each other. So whole sets are grown anew and compared.
    """
    proven = [gain for gain in gains if gain.dropped not in _UNPROVEN]
    harmless = [gain for gain in proven if not gain.dropped]
    useful = [gain for gain in harmless if gain.mean > 0]
    sums = np.cumsum([gain.mean for gain in useful])
    enough = int(np.searchsorted(sums, _ENOUGH * sums[-1])) + 1 if useful else 0
    tried = (proven, harmless, useful, useful[:enough])
    names = [tuple(gain.feature for gain in some) for some in tried]
    return [one for place, one in enumerate(names) if one and one not in names[:place]]


def _with_reason(gain: Gain, kept: Sequence[str]) -> Gain:
    if gain.feature in kept:
        return replace(gain, dropped="")
    return gain if gain.dropped else replace(gain, dropped=NEEDLESS)


def _chosen(
    by_set: Mapping[tuple[str, ...], Numbers], harmless: tuple[str, ...], parts: Origins
) -> tuple[str, ...]:
    """All that does no harm, unless another set is better by more than a standard error.

    A feature goes where it is shown to do harm, not where it is not shown to be of use.
    """
    best = min(by_set, key=lambda one: (parts.mean([by_set[one]]), len(one)))
    usual = harmless if harmless in by_set else next(iter(by_set))
    mean, error = mean_and_error(by_set[usual] - by_set[best], parts.people, parts.weights)
    return best if mean > error else usual


def _moving(card: Additive, features: Sequence[str]) -> tuple[str, ...]:
    """Features that move anybody: a row of points that are all but equal is only longer to read."""
    return tuple(
        feature
        for feature in features
        if max(card.tables[feature].values()) - min(card.tables[feature].values()) >= _MOVES
    )
