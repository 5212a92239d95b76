"""What training writes: rows of two seeds, and a page per card. Written whole, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.configuration.bins import ATTRIBUTE
from scoring.errors import CannotRun
from scoring.training.bins import BINS_COLUMNS
from scoring.training.cards import POINTS_COLUMNS
from scoring.training.seeds import cards_dir, csv_text, read_rows, sector_dir

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from scoring.settings import Settings
    from scoring.training.cards import Card
    from scoring.training.seeds import Row

_POINTS = "score_points.csv"
_BINS = "feature_bins.csv"
_WORDS = "reason_texts.csv"
_WORDS_COLUMNS = ("feature", "text_en", "text_fr")


def draft_version(settings: Settings, score_name: str) -> int:
    """The version after the live one: training again replaces it until it is promoted."""
    for row in read_rows(sector_dir(settings) / "score_catalogue.csv"):
        if row["score_name"] == score_name:
            return int(row["score_version"] or 0) + 1
    raise CannotRun(f"score_catalogue.csv has no score {score_name}")


def free_bin_set(settings: Settings, score_names: Collection[str]) -> str:
    """A name for a new bin set: `<sector>_<number>`, the first that no other card uses."""
    drafts = {(name, str(draft_version(settings, name))) for name in score_names}
    taken = {
        row["bin_set"]
        for row in read_rows(cards_dir(settings) / _POINTS)
        if (row["score_name"], row["score_version"]) not in drafts
    }
    number = 1
    while f"{settings.sector}_{number}" in taken:
        number += 1
    return f"{settings.sector}_{number}"


def check_words(settings: Settings, card: Card) -> None:
    """Every feature of a card has words for its reasons; own fields get some when it is written.

    Raises:
        CannotRun: some have none.
    """
    path = cards_dir(settings) / _WORDS
    missing = [name for name in _unworded(settings, [card]) if not name.startswith(ATTRIBUTE)]
    if missing:
        raise CannotRun(
            f"no words for {', '.join(missing)}: add them to {path}, in English and French, with "
            "{label} for the words of the bin, and train again; nothing was written"
        )


def write_own_words(settings: Settings, cards: Iterable[Card]) -> None:
    """Give the company's own fields of these cards plain words; a person may better them."""
    rows = []
    for feature in _unworded(settings, cards):
        name = feature.removeprefix(ATTRIBUTE).replace("_", " ")
        texts = (feature, f"own field {name}: {{label}}", f"champ propre {name} : {{label}}")
        rows.append(dict(zip(_WORDS_COLUMNS, texts, strict=True)))
    if rows:
        path = cards_dir(settings) / _WORDS
        _write(path, csv_text(_WORDS_COLUMNS, [*read_rows(path), *rows], header=True))


def _unworded(settings: Settings, cards: Iterable[Card]) -> list[str]:
    worded = {row["feature"] for row in read_rows(cards_dir(settings) / _WORDS)}
    return sorted({feature for card in cards for _, feature in card.points} - worded)


def write_cards(
    settings: Settings,
    replaced: Collection[tuple[str, str]],
    points: Sequence[Row],
    bins: Sequence[Row],
) -> None:
    """Add cards and their bins, in place of drafts of the same versions.

    A bin set that only those drafts used goes with them.

    Args:
        settings: where the seeds are.
        replaced: score and version of the drafts.
        points: rows of `score_points`.
        bins: rows of `feature_bins`; empty where an existing set is used.
    """
    path = cards_dir(settings) / _POINTS
    before = read_rows(path)
    kept = [row for row in before if (row["score_name"], row["score_version"]) not in replaced]
    gone = {row["bin_set"] for row in before} - {row["bin_set"] for row in (*kept, *points)}
    _write(path, csv_text(POINTS_COLUMNS, [*kept, *points], header=True))
    gone |= {row["bin_set"] for row in bins}
    path = cards_dir(settings) / _BINS
    others = [row for row in read_rows(path) if row["bin_set"] not in gone]
    _write(path, csv_text(BINS_COLUMNS, [*others, *bins], header=True))


def write_page(settings: Settings, score_name: str, version: int, text: str) -> Path:
    """Write the page of a card."""
    path = settings.project_dir / "docs" / "cards" / f"{score_name}-{version}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, text)
    return path


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8", newline="")
    partial.replace(path)
