"""Bins and points: every value falls into one bin, every bin of a card has points."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from scoring.configuration.cells import nearest
from scoring.configuration.intervals import check_intervals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scoring.configuration.seeds import Problem, Row, Seeds

BASE = "(base)"
ATTRIBUTE = "attribute_"
ABSENT, MISSING = "-1", "0"
KINDS = {"range", "category", "other", "missing", "absent"}

Key = tuple[str, str]


def by_feature(seeds: Seeds) -> dict[Key, list[Row]]:
    """Rows of `feature_bins` by bin set and feature."""
    bins: dict[Key, list[Row]] = defaultdict(list)
    for row in seeds.rows("feature_bins"):
        bins[row["bin_set"], row["feature"]].append(row)
    return bins


def check_bins(seeds: Seeds) -> Iterator[Problem]:
    """Problems of `feature_bins`.

    Args:
        seeds: the seeds of a sector.

    Yields:
        Every problem.
    """
    kinds = {row["feature"]: row["value_kind"] for row in seeds.rows("feature_catalogue")}
    for (bin_set, feature), rows in by_feature(seeds).items():
        what = f"bins of {feature} in {bin_set}"
        if feature not in kinds and not feature.startswith(ATTRIBUTE):
            yield rows[0].problem(f"unknown feature {feature}", nearest(feature, set(kinds)))
        yield from _special_bins(rows, what)
        values = [row for row in rows if row["bin_kind"] in {"range", "category", "other"}]
        ranges = [row for row in values if row["bin_kind"] == "range"]
        if not values:
            yield rows[0].problem(f"{what}: no value falls into any", "Add ranges or categories")
        elif ranges and len(ranges) < len(values):
            yield ranges[0].problem(
                f"{what}: there are ranges and categories", "Keep the one kind of the feature"
            )
        elif ranges:
            yield from check_intervals(ranges, what)
            if kinds.get(feature) == "category":
                yield ranges[0].problem(f"{what}: it is a category", "Use bins of kind category")
        else:
            yield from _categories(values, what)
            if kinds.get(feature) == "number":
                yield values[0].problem(f"{what}: it is a number", "Use bins of kind range")
        yield from _shares(rows, what)


def _special_bins(rows: Sequence[Row], what: str) -> Iterator[Problem]:
    codes = {row["bin"]: row for row in rows}
    for code, kind in ((ABSENT, "absent"), (MISSING, "missing")):
        if code not in codes:
            yield rows[0].problem(f"{what}: the bin {code} ({kind}) is missing", "Add it")
    for row in rows:
        if row["bin_kind"] not in KINDS:
            yield row.problem(
                f"{what}: unknown bin_kind '{row['bin_kind']}'", nearest(row["bin_kind"], KINDS)
            )
        expected = {ABSENT: "absent", MISSING: "missing"}.get(row["bin"])
        is_special = row["bin_kind"] in {"absent", "missing"}
        if (expected or is_special) and row["bin_kind"] != expected:
            yield row.problem(
                f"{what}: bin {row['bin']} is of kind {row['bin_kind']}",
                "Keep 0 for missing and -1 for absent, and number the others from 1",
            )
        for column in ("label_en", "label_fr"):
            if not row[column]:
                yield row.problem(f"{what}: bin {row['bin']} has no {column}", "Say it in words")


def _categories(rows: Sequence[Row], what: str) -> Iterator[Problem]:
    seen: dict[str, Row] = {}
    for row in rows:
        listed = row["categories"].split("|") if row["categories"] else []
        if row["bin_kind"] == "category" and not listed:
            yield row.problem(f"{what}: no category is listed", "List them, joined by |")
        for category in listed:
            if category in seen:
                yield row.problem(
                    f"{what}: {category} is in the bin of line {seen[category].line} too (overlap)",
                    "Keep it in one bin",
                )
            seen.setdefault(category, row)
    others = [row for row in rows if row["bin_kind"] == "other"]
    for row in others[1:]:
        yield row.problem(f"{what}: a second bin for other values", "Keep one")


def _shares(rows: Sequence[Row], what: str) -> Iterator[Problem]:
    total = sum((row.number("reference_share") or Decimal(0) for row in rows), Decimal(0))
    if abs(total - 1) > Decimal("0.0001"):
        yield rows[0].problem(
            f"{what}: the shares of the reference population add up to {total}, not 1",
            "Count them again",
        )


def check_points(seeds: Seeds) -> Iterator[Problem]:
    """Problems of `score_points`: what a card gives points for, and what it leaves out.

    Args:
        seeds: the seeds of a sector.

    Yields:
        Every problem.
    """
    bins = {key: {row["bin"] for row in rows} for key, rows in by_feature(seeds).items()}
    bin_sets = {bin_set for bin_set, _ in bins}
    scores = seeds.values("score_texts", "score_name") | seeds.values(
        "score_catalogue", "score_name"
    )
    cards: dict[tuple[str, str, str, str], list[Row]] = defaultdict(list)
    bases: Counter[Key] = Counter()
    for row in seeds.rows("score_points"):
        if row["score_name"] not in scores:
            yield row.problem(
                f"points for the unknown score {row['score_name']}",
                nearest(row["score_name"], scores),
            )
        if not row["points"]:
            yield row.problem("a bin without points", "Write them; 0 where it tells nothing")
        if row["feature"] == BASE:
            bases[row["score_name"], row["score_version"]] += 1
            if bases[row["score_name"], row["score_version"]] > 1:
                yield row.problem("a second (base) of the card", "Keep one")
        else:
            key = (row["score_name"], row["score_version"], row["bin_set"], row["feature"])
            cards[key].append(row)
    for (name, version, bin_set, feature), rows in cards.items():
        card = f"card {name} {version}"
        if bin_set not in bin_sets:
            yield rows[0].problem(f"{card}: unknown bin set {bin_set}", nearest(bin_set, bin_sets))
        elif (bin_set, feature) not in bins:
            known = {known for a_set, known in bins if a_set == bin_set}
            yield rows[0].problem(
                f"{card}: {feature} has no bins in the bin set {bin_set}", nearest(feature, known)
            )
        else:
            yield from _points_of_feature(rows, bins[bin_set, feature], f"{card}, {feature}")


def _points_of_feature(rows: Sequence[Row], codes: set[str], what: str) -> Iterator[Problem]:
    given = {row["bin"] for row in rows}
    missing = sorted(codes - given, key=int)
    if missing:
        yield rows[0].problem(
            f"{what}: no points for the bin{'s' if len(missing) > 1 else ''} {', '.join(missing)}",
            "Add a row for each: whoever falls into one would lose the feature without a word",
        )
    for row in rows:
        if row["bin"] not in codes:
            yield row.problem(f"{what}: no such bin {row['bin']}", "Remove the row, or add the bin")
        if row["bin"] == ABSENT and row.number("points"):
            yield row.problem(
                f"{what}: {row['points']} points where the table was never delivered", "Write 0"
            )
