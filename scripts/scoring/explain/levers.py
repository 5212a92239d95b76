"""What would move a score most, among what someone can change."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from scoring.explain.cards import FIVE, limited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scoring.explain.cards import Card, Cards, Codes, Key
    from scoring.explain.published import HistoryRow
    from scoring.explain.words import Words

SHOWN = 2
NEVER, GROWS = "never", "grows"
ABSENT, FIRST_VALUE = -1, 1


@dataclass(frozen=True)
class Lever:
    """A change that someone can make: the feature as it would be and as it is, and the points."""

    feature: str
    text: str
    instead_of: str
    points: Decimal


def levers(cards: Cards, words: Words, card: Card, codes: Codes) -> tuple[Lever, ...]:
    """The changes that would move a score most to its welcome side, of different families."""
    is_high_good = bool(cards.catalogue[card.name]["is_high_good"])
    raw = card.raw(codes)

    def gain(key: Key, code: int) -> Decimal:
        moved = raw - card.points[key][codes[key]] + card.points[key][code]
        return limited(moved) - limited(raw)

    return _best(cards, words, codes, gain, sign=1 if is_high_good else -1)


def overall_levers(cards: Cards, words: Words, now: Mapping[str, HistoryRow]) -> tuple[Lever, ...]:
    """The changes that would raise the overall score most, over all the cards that they touch."""
    live: dict[str, tuple[Card, Codes]] = {}
    for name, row in now.items():
        card = cards.card(name, row.version)
        if card is not None and row.raw is not None and row.codes:
            live[name] = (card, card.decode(row.codes))
    raws = {name: row.raw for name, row in now.items()}
    codes = {key: code for _, found in live.values() for key, code in found.items()}

    def total(scores: Mapping[str, Decimal | None]) -> Decimal:
        points = cards.overall(scores) or {}
        return limited(FIVE + sum(points.values(), Decimal(0)))

    before = total(raws)

    def gain(key: Key, code: int) -> Decimal:
        moved = dict(raws)
        for name, (card, found) in live.items():
            if key in found:
                moved[name] = card.raw(found | {key: code})
        return total(moved) - before

    return _best(cards, words, codes, gain, sign=1)


def _best(
    cards: Cards, words: Words, codes: Codes, gain: Callable[[Key, int], Decimal], *, sign: int
) -> tuple[Lever, ...]:
    found: dict[str, tuple[Decimal, Key, int]] = {}
    for key, code in sorted(codes.items(), key=lambda item: item[0][::-1]):
        family = str(cards.families.get(key[1], key[1]))
        for other in _reachable(cards, key, code):
            moved = gain(key, other)
            if sign * moved > max(sign * found[family][0] if family in found else 0, 0):
                found[family] = (moved, key, other)
    strongest = sorted(found.values(), key=lambda one: (-sign * one[0], one[1]))[:SHOWN]
    return tuple(
        Lever(key[1], words.feature(key, code), words.label(key, codes[key]), moved)
        for moved, key, code in strongest
    )


def _reachable(cards: Cards, key: Key, code: int) -> Iterator[int]:
    """Bins that a person could come to."""
    how = cards.can_change(key[1])
    if how == NEVER or code == ABSENT:
        return
    bins = cards.bins[key]
    for other, row in sorted(bins.items()):
        if other < FIRST_VALUE or other == code:
            continue
        if how == GROWS and code >= FIRST_VALUE:
            here, there = bins[code]["lower_bound"], row["lower_bound"]
            if there is None or (here is not None and there < here):
                continue
        yield other
