"""The explanation of one person: ledger, levers, and the parts of every change."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.explain.cards import BASE, FIVE, LIMIT, OVERALL, Cards, limited
from scoring.explain.changes import Change, Moment, Part, Splitter
from scoring.explain.levers import Lever, levers, overall_levers
from scoring.explain.published import Published
from scoring.explain.words import LANGUAGES, Words

if TYPE_CHECKING:
    from datetime import date

    from scoring.explain.published import HistoryRow
    from scoring.settings import Settings


@dataclass(frozen=True)
class Entry:
    """A row of the ledger in words."""

    feature: str
    text: str
    points: Decimal


@dataclass(frozen=True)
class ScoreExplanation:
    """One score of a person.

    Attributes:
        name: name of the score.
        label: its short name in words.
        score: the score; None where there is none.
        null_reason: why there is none.
        version: version of the card.
        evidence: how the card got its points.
        scale: what the numbers mean.
        is_high_good: whether a high score is welcome.
        ledger: every point, the largest first; they add up to the score.
        levers: the two changes that would do most, among what can change.
        change: what happened to it since the date before; None on the first date.
    """

    name: str
    label: str
    score: Decimal | None
    null_reason: str | None
    version: int
    evidence: str
    scale: str
    is_high_good: bool
    ledger: tuple[Entry, ...]
    levers: tuple[Lever, ...]
    change: Change | None


@dataclass(frozen=True)
class Explanation:
    """All that is known of why a person has their scores.

    Attributes:
        customer: the person.
        as_of: date of the scores.
        previous: the date on record before, if there is one.
        run_id: the run that published them.
        language: en or fr.
        notes: what the reader has to know, such as why changes are not split.
        scores: the scores, the overall score first.
    """

    customer: str
    as_of: date
    previous: date | None
    run_id: str
    language: str
    notes: tuple[str, ...]
    scores: tuple[ScoreExplanation, ...]


def explain(
    settings: Settings,
    key: str,
    *,
    as_of: date | None = None,
    language: str = "en",
    score: str | None = None,
) -> Explanation:
    """Explain the scores of a person from the published copy.

    Args:
        settings: where the published copy and the warehouse are.
        key: the person, or a source customer that was merged into them.
        as_of: a date that was run; the date that is served if not given.
        language: en or fr.
        score: one score alone.

    Raises:
        CannotRun: there is no such person, date or score.
    """
    if language not in LANGUAGES:
        raise CannotRun(f"there are no texts in '{language}': use --lang en or --lang fr")
    with Published(settings) as published:
        cards = Cards(published.connection)
        customer, notes = published.find(key)
        day, previous = published.dates(customer, as_of)
        now, before = published.moment(customer, day), None
        if previous is not None:
            before = published.moment(customer, previous)
        run_id = published.run_id
    names = [OVERALL, *sorted(now)] if OVERALL in cards.catalogue else sorted(now)
    if score is not None and score not in names:
        raise CannotRun(f"there is no score '{score}' on {day}; there are: {', '.join(names)}")
    words = Words(cards, language)
    splitter = None
    if before is not None and previous is not None:
        splitter = Splitter(
            settings,
            cards,
            words,
            run_id=run_id,
            before=Moment(previous, before),
            now=Moment(day, now),
        )
        notes = [*notes, *splitter.split(customer)]
    scores = tuple(
        _explained(name, cards, words, now, splitter)
        for name in names
        if score is None or name == score
    )
    return Explanation(customer, day, previous, run_id, language, tuple(notes), scores)


def _explained(
    name: str,
    cards: Cards,
    words: Words,
    now: dict[str, HistoryRow],
    splitter: Splitter | None,
) -> ScoreExplanation:
    row = cards.catalogue[name]
    if name == OVERALL:
        points = cards.overall({one: found.raw for one, found in now.items()})
        raw = None if points is None else FIVE + sum(points.values(), Decimal(0))
        null_reason = "no score to weigh" if points is None else None
        version, entries = int(row["score_version"]), _overall_entries(points or {}, words)
        best = overall_levers(cards, words, now) if raw is not None else ()
    else:
        found = now[name]
        raw, null_reason, version = found.raw, found.null_reason, found.version
        card = cards.card(name, version)
        entries, best = [], ()
        if raw is not None and card is not None and found.codes:
            codes = card.decode(found.codes)
            entries = [Entry(BASE, words.text(BASE), FIVE + card.base)]
            entries += [Entry(k[1], words.feature(k, c), card.points[k][c])
                        for k, c in codes.items()]  # fmt: skip
            best = levers(cards, words, card, codes)
    score = None if raw is None else limited(raw)
    if raw is not None and score is not None and raw != score:
        entries.append(Entry(LIMIT, words.text(LIMIT), score - raw))
    return ScoreExplanation(
        name=name,
        label=words.score(name),
        score=score,
        null_reason=null_reason,
        version=version,
        evidence=str(row["evidence"]),
        scale=words.scale(name),
        is_high_good=bool(row["is_high_good"]),
        ledger=tuple(sorted(entries, key=_size)) if raw is not None else (),
        levers=best,
        change=splitter.change(name) if splitter else None,
    )


def _overall_entries(points: dict[str, Decimal], words: Words) -> list[Entry]:
    return [
        Entry(BASE, words.text(BASE), FIVE),
        *(Entry(name, words.score(name), number) for name, number in points.items()),
    ]


def _size(entry: Entry) -> tuple[int, Decimal, str]:
    """The base first, the limit last, the others from the largest to the smallest."""
    place = {BASE: 0, LIMIT: 2}.get(entry.feature, 1)
    return (place, -abs(entry.points), entry.feature)


__all__ = ["Change", "Entry", "Explanation", "Lever", "Part", "ScoreExplanation", "explain"]
