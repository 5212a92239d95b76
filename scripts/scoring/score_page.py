"""The page that says what each score means, made from the seeds."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Row = dict[str, str]

_POPULATIONS = {
    "everyone": "everyone",
    "buyers": "who ever ordered",
    "repeaters": "three order days or more in 364 days",
    "prospects": "who never ordered",
    "active": "an order in {active_days} days",
    "heard": "feedback or a complaint in 364 days",
    "billed": "an invoice in 364 days, or a loan",
    "described": "of whom income, home, occupation or household is known",
}
_SCALES = {"log_odds": "log-odds", "log_amount": "log-amount", "index": "index"}
_HEAD = """# Scores

Made from the seeds by `scoring scores-page`; a test keeps it current.

* Scores run from 0 to 10. On a log scale each `points per doubling` points double the odds or the
  amount of the reference; an index promises no odds, its anchors are in words.
* A score is 5 + base + the points of its features by bin; features stand by their range of points,
  the widest first.
* Whoever is not of the population, or lacks a required table, has null with the reason.
"""


def score_page(seeds: Path) -> str:
    """The page as Markdown.

    Args:
        seeds: the folder of seeds.
    """
    sectors = sorted(path.name for path in (seeds / "sectors").iterdir() if path.is_dir())
    catalogues = {
        sector: {row["score_name"]: row for row in _rows(seeds, sector, "score_catalogue")}
        for sector in sectors
    }
    references = {
        sector: {row["score_name"]: row for row in _rows(seeds, sector, "score_references")}
        for sector in sectors
    }
    points = _read(seeds / "reference" / "cards" / "score_points.csv")
    parts = [_HEAD]
    for text in _read(seeds / "reference" / "score_texts.csv"):
        name = text["score_name"]
        rows = {sector: found[name] for sector, found in catalogues.items() if name in found}
        parts.append(_section(text, rows, references, points))
    return "\n".join(parts)


def _section(
    text: Row,
    rows: dict[str, Row],
    references: dict[str, dict[str, Row]],
    points: Sequence[Row],
) -> str:
    first = next(iter(rows.values()))
    direction = "high is good" if first["is_high_good"] == "true" else "high is more of it"
    lines = [
        f"## {text['score_name']}",
        "",
        f"{text['question_en']} ({text['label_en']} · {text['label_fr']}: {text['question_fr']})",
        "",
        f"{direction.capitalize()}; {_SCALES[first['scale_kind']]} scale.",
        "",
        "| | English | French |",
        "|---|---|---|",
        *(
            f"| {mark} | {text[f'meaning_of_{mark}_en']} | {text[f'meaning_of_{mark}_fr']} |"
            for mark in (0, 5, 10)
        ),
        "",
        "| sector | population | horizon | card | evidence | weight in overall | reference |",
        "|---|---|---|---|---|---|---|",
    ]
    cards: dict[str, list[str]] = {}
    for sector, row in rows.items():
        if row["is_on"] != "true":
            lines.append(f"| {sector} | off |  |  |  |  |  |")
            continue
        reference = references[sector].get(text["score_name"])
        population = _POPULATIONS[row["population"]].format(**row)
        horizon = f"{row['horizon_days']} days" if row["horizon_days"] else ""
        said = ""
        if reference is not None:
            said = (
                f"{reference['reference_value']}; {reference['points_per_doubling']} per doubling"
            )
        lines.append(
            f"| {sector} | {population} | {horizon} | {row['score_version']} | {row['evidence']} "
            f"| {row['overall_weight']} | {said} |"
        )
        cards.setdefault(row["score_version"], []).append(sector)
    lines.append("")
    for version, of_sectors in cards.items():
        features = _features(points, text["score_name"], version)
        if features:
            lines += [f"Card {version} ({', '.join(of_sectors)}): {', '.join(features)}.", ""]
    if text["score_name"] == "overall":
        lines += [
            "The mean of the distances from 5 of the scores that a person has, by weight.",
            "",
        ]
    return "\n".join(lines)


def _features(points: Sequence[Row], name: str, version: str) -> list[str]:
    """Features of a card with their range of points, the widest first."""
    ranges: dict[str, list[float]] = {}
    for row in points:
        if (row["score_name"], row["score_version"]) == (name, version):
            ranges.setdefault(row["feature"], []).append(float(row["points"]))
    ranges.pop("(base)", None)
    order = sorted(
        ranges, key=lambda feature: (min(ranges[feature]) - max(ranges[feature]), feature)
    )
    return [f"`{name}` {min(ranges[name]):+.1f} to {max(ranges[name]):+.1f}" for name in order]


def _rows(seeds: Path, sector: str, name: str) -> list[Row]:
    return _read(seeds / "sectors" / sector / f"{name}.csv")


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
