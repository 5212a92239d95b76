"""What an explanation says, in English and in French."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from scoring.explain.cards import BASE, LIMIT, OVERALL

if TYPE_CHECKING:
    from scoring.explain.cards import Cards, Key

LANGUAGES = ("en", "fr")

PARTS = {
    "behaviour": ("what happened since", "ce qui s'est passé depuis"),
    "time": ("time passing", "le temps qui passe"),
    "merge": ("identity merge", "fusion d'identités"),
    "card": ("new card version", "nouvelle version de la grille"),
    "late": ("late or corrected data", "données tardives ou corrigées"),
    "limit": ("ends of the scale", "bornes de l'échelle"),
    "unsplit": ("not split", "non réparti"),
}
FRAME = {
    BASE: ("start of the scale and constant of the card", "début de l'échelle et constante"),
    LIMIT: ("the scale ends at 0 and 10", "l'échelle s'arrête à 0 et à 10"),
    "log_odds": (
        "5 means {chance} %; {per} points more double the odds",
        "5 : {chance} % ; {per} points de plus doublent la cote",
    ),
    "log_amount": (
        "5 means {reference}; {per} points more double the amount",
        "5 : {reference} ; {per} points de plus doublent le montant",
    ),
    "index": ("0: {0}; 5: {5}; 10: {10}", "0 : {0} ; 5 : {5} ; 10 : {10}"),
    "high_is_bad": ("high is bad", "une note haute est mauvaise"),
    "ledger": ("what it is made of", "de quoi elle est faite"),
    "levers_up": ("what would raise it most", "ce qui l'élèverait le plus"),
    "levers_down": ("what would lower it most", "ce qui l'abaisserait le plus"),
    "change": ("since {date}, {before}", "depuis le {date}, {before}"),
    "no_score": ("no score: {reason}", "pas de note : {reason}"),
    "instead": ("instead of {label}", "au lieu de {label}"),
    "nothing": ("nothing that can change", "rien qui puisse changer"),
    "first": ("first date on record", "première date connue"),
    "not_before": ("no score on {date}: {reason}", "pas de note le {date} : {reason}"),
    "unchanged": ("unchanged", "inchangée"),
    "person": ("{customer} as of {date}", "{customer} au {date}"),
}


class Words:
    """The words of one language."""

    def __init__(self, cards: Cards, language: str) -> None:
        """Keep what is needed.

        Args:
            cards: the seeds, which name scores, features and bins.
            language: en or fr.
        """
        self._cards = cards
        self._language = language
        self._place = LANGUAGES.index(language)

    def part(self, kind: str) -> str:
        """A part of a change."""
        return PARTS[kind][self._place]

    def text(self, name: str, **values: object) -> str:
        """A text of the frame."""
        return FRAME[name][self._place].format(**values)

    def score(self, name: str) -> str:
        """The short name of a score."""
        text = self._cards.texts.get(name, {}).get(f"label_{self._language}")
        return str(text) if text else name.replace("_", " ")

    def label(self, key: Key, code: int) -> str:
        """A bin in words."""
        row = self._cards.bins.get(key, {}).get(code)
        return str(row[f"label_{self._language}"]) if row else str(code)

    def feature(self, key: Key, code: int) -> str:
        """A feature and its bin in words."""
        reason = self._cards.reasons.get(key[1])
        text = (
            reason[f"text_{self._language}"] if reason else key[1].replace("_", " ") + ": {label}"
        )
        return str(text).replace("{label}", self.label(key, code))

    def scale(self, name: str) -> str:
        """What the numbers of a score mean."""
        row = self._cards.catalogue[name]
        kind, reference = str(row["scale_kind"]), self._cards.references.get(name)
        if kind != "index" and reference:
            value = Decimal(str(reference["reference_value"]))
            text = self.text(
                kind,
                chance=f"{100 * value / (1 + value):.1f}",
                reference=f"{value:,f}",
                per=f"{reference['points_per_doubling'].normalize():f}",
            )
        else:
            found = self._cards.texts.get(name, {})
            meanings = {
                str(mark): found.get(f"meaning_of_{mark}_{self._language}") or ""
                for mark in (0, 5, 10)
            }
            text = FRAME["index"][self._place]
            for mark, meaning in meanings.items():
                text = text.replace("{" + mark + "}", str(meaning))
        if not row["is_high_good"] and name != OVERALL:
            text += f" ({self.text('high_is_bad')})"
        return text
