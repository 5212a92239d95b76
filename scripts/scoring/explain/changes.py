"""A change of a score in parts that add up to it, to the thousandth.

From the date before to this one in six steps, each of which changes one thing: what the history
kept → the same date with today's data (late or corrected data) → today, knowing nothing newer
(time passing) → knowing what happened since (behaviour) → with the source customers of today
(identity merge) → with today's card (new card version). The ends of the scale are a part of their
own.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from scoring.contract import read_contract
from scoring.explain.cards import FIVE, OVERALL, limited
from scoring.explain.replay import Replay
from scoring.explain.states import NoReplayError

if TYPE_CHECKING:
    from datetime import date

    from scoring.explain.cards import Card, Cards, Codes
    from scoring.explain.published import HistoryRow
    from scoring.explain.states import State
    from scoring.explain.words import Words
    from scoring.settings import Settings

STEPS = ("time", "behaviour", "merge")
ORDER = ("behaviour", "time", "merge", "card", "late", "limit", "unsplit")


@dataclass(frozen=True)
class Move:
    """A feature that moved: in words, from and to, and by how many points."""

    text: str
    instead_of: str
    points: Decimal


@dataclass(frozen=True)
class Part:
    """A part of a change: its kind, its name in words, its points, the features behind it."""

    kind: str
    text: str
    points: Decimal
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True)
class Change:
    """What happened to a score since the date before.

    Attributes:
        since: that date.
        before: the score then; None where there was none.
        null_reason: why there was none, or why there is none now.
        difference: by how much it changed; None where one of the two is missing.
        parts: the parts, which sum to the difference.
    """

    since: date
    before: Decimal | None
    null_reason: str | None
    difference: Decimal | None
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Moment:
    """What the history has of a person on a date."""

    day: date
    scores: dict[str, HistoryRow]


@dataclass(frozen=True)
class _Walk:
    """A score along the steps: its sum of points after each, and the features that moved."""

    raws: list[Decimal]
    moves: list[tuple[Move, ...]]


class Splitter:
    """Splits the changes of one person between two dates."""

    def __init__(
        self,
        settings: Settings,
        cards: Cards,
        words: Words,
        *,
        run_id: str,
        before: Moment,
        now: Moment,
    ) -> None:
        """Keep what is needed.

        Args:
            settings: where the warehouse is.
            cards: the seeds.
            words: the words of the language.
            run_id: the run that published the scores.
            before: the date before.
            now: the date that is explained.
        """
        self._settings = settings
        self._cards = cards
        self._words = words
        self._run_id = run_id
        self._before = before
        self._now = now
        self._states: list[State] = []

    def split(self, customer: str) -> list[str]:
        """Replay the person; says why not, where it cannot be done."""
        then, today = self._before.day, self._now.day
        try:
            replay = Replay(
                self._settings.warehouse_path,
                self._settings.target_dir / "manifest.json",
                read_contract(self._settings.project_dir),
                self._run_id,
            )
            old, new = (replay.linked(customer, day) for day in (then, today))
            # Who came into being since has no state of before: all of it is behaviour.
            self._states = [
                replay.state(customer, old, then),
                replay.state(customer, old, today, known_before=then),
                replay.state(customer, old, today),
            ]
            self._states.append(
                replay.state(customer, new, today) if new.ids != old.ids else self._states[-1]
            )
        except NoReplayError as error:
            self._states = []
            return [f"changes are not split into behaviour and time: {error}"]
        return []

    def change(self, name: str) -> Change | None:
        """The change of a score."""
        if name == OVERALL:
            before, now = (self._overall(moment) for moment in (self._before, self._now))
        else:
            if name not in self._before.scores or name not in self._now.scores:
                return None
            before, now = (m.scores[name].raw for m in (self._before, self._now))
        if before is None or now is None:
            rows = [m.scores[name] for m in (self._before, self._now) if name in m.scores]
            reason = next((row.null_reason for row in rows if row.null_reason), None)
            was = None if before is None else limited(before)
            return Change(self._before.day, was, reason, None, ())
        parts = self._parts(name, before, now)
        limit = (limited(now) - now) - (limited(before) - before)
        if limit:
            parts.append(self._part("limit", limit))
        shown = sorted((p for p in parts if p.points), key=lambda part: ORDER.index(part.kind))
        difference = limited(now) - limited(before)
        return Change(self._before.day, limited(before), None, difference, tuple(shown))

    def _parts(self, name: str, before: Decimal, now: Decimal) -> list[Part]:
        walk = self._overall_walk() if name == OVERALL else self._card_walk(name)
        if walk is None:
            return [self._part("unsplit", now - before)]
        first, last = walk.raws[0], walk.raws[-1]
        parts = [self._part("late", (first - before) + (now - last))]
        for place, kind in enumerate((*STEPS, "card"), start=1):
            points = walk.raws[place] - walk.raws[place - 1]
            moves = walk.moves[place - 1] if place <= len(walk.moves) else ()
            parts.append(Part(kind, self._words.part(kind), points, moves))
        return parts

    def _part(self, kind: str, points: Decimal) -> Part:
        return Part(kind, self._words.part(kind), points)

    def _card_walk(self, name: str) -> _Walk | None:
        """The sums of a card after each step; the old card up to the last of them."""
        if not self._states:
            return None
        old = self._cards.card(name, self._before.scores[name].version)
        new = self._cards.card(name, self._now.scores[name].version)
        if new is None or old is None:
            return None
        codes = [self._codes(old, state) for state in self._states]
        raws = [old.raw(found) for found in codes]
        raws.append(new.raw(self._codes(new, self._states[-1])))
        moves = [self._moves(old, earlier, later) for earlier, later in pairwise(codes)]
        return _Walk(raws, moves)

    def _codes(self, card: Card, state: State) -> Codes:
        """Bin codes of a card; those that no live card has are looked up in the bins."""
        return {
            key: state.codes[key]
            if key in state.codes
            else self._cards.bin_code(key, state.features, state.absent)
            for key in card.keys
        }

    def _moves(self, card: Card, earlier: Codes, later: Codes) -> tuple[Move, ...]:
        moves = [
            Move(
                self._words.feature(key, later[key]),
                self._words.label(key, earlier[key]),
                card.points[key][later[key]] - card.points[key][earlier[key]],
            )
            for key in card.keys
            if later[key] != earlier[key]
        ]
        return tuple(sorted(moves, key=lambda move: (-abs(move.points), move.text)))

    def _overall_walk(self) -> _Walk | None:
        """The overall score after each step, from the scores that the person then had."""
        if not self._states:
            return None
        raws: list[Decimal] = []
        walks = {name: self._card_walk(name) for name in self._now.scores
                 if name in self._before.scores}  # fmt: skip
        for step in range(len(self._states) + 1):
            state = self._states[min(step, len(self._states) - 1)]
            scores = {
                name: walk.raws[step]
                for name, walk in walks.items()
                if walk is not None and state.null_reasons.get(name) is None
            }
            points = self._cards.overall(scores)
            if points is None:
                return None
            raws.append(FIVE + sum(points.values(), Decimal(0)))
        return _Walk(raws, [])

    def _overall(self, moment: Moment) -> Decimal | None:
        points = self._cards.overall({name: row.raw for name, row in moment.scores.items()})
        return None if points is None else FIVE + sum(points.values(), Decimal(0))
