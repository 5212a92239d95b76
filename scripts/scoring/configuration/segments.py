"""Segments: levels that cover every value, rules of known levels, states that can be left."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING

from scoring.configuration.cells import nearest
from scoring.configuration.intervals import check_intervals
from scoring.configuration.seeds import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scoring.configuration.seeds import Row, Seeds

DIMENSIONS = ("recency", "frequency", "value")


def check_segments(seeds: Seeds) -> Iterator[Problem]:
    """Problems of the seeds that make segments.

    Args:
        seeds: the seeds of a sector.

    Yields:
        Every problem.
    """
    levels: dict[str, list[Row]] = defaultdict(list)
    for row in seeds.rows("segment_cutoffs"):
        levels[row["dimension"]].append(row)
    for dimension, rows in levels.items():
        if dimension not in DIMENSIONS:
            yield rows[0].problem(
                f"unknown dimension {dimension}", nearest(dimension, set(DIMENSIONS))
            )
        yield from check_intervals(rows, f"levels of {dimension}")
    for dimension in DIMENSIONS:
        if dimension not in levels:
            path = seeds.path("segment_cutoffs")
            yield Problem(path, 0, f"there are no levels of {dimension}", "Add them")
    yield from _rules(seeds)
    yield from _habits(seeds)
    yield from _lifecycle(seeds)


def _rules(seeds: Seeds) -> Iterator[Problem]:
    rules = sorted(seeds.rows("segment_rules"), key=lambda row: int(row["place"]))
    boxes = []
    for row in rules:
        spans = []
        for dimension in DIMENSIONS:
            first, last = row.number(f"{dimension}_from"), row.number(f"{dimension}_to")
            if first is None or last is None or first > last:
                yield row.problem(
                    f"{row['segment_code']}: {dimension} runs from {first} to {last}",
                    "Write both levels, the lower one first",
                )
                return
            spans.append(range(int(first), int(last) + 1))
        boxes.append(spans)
    cutoffs = seeds.rows("segment_cutoffs")
    by_dimension = [
        sorted({int(row["level"]) for row in cutoffs if row["dimension"] == dimension})
        for dimension in DIMENSIONS
    ]
    for levels in product(*by_dimension):
        if not any(all(n in span for n, span in zip(levels, box, strict=True)) for box in boxes):
            named = ", ".join(f"{d} {n}" for d, n in zip(DIMENSIONS, levels, strict=True))
            yield Problem(
                seeds.path("segment_rules"),
                0,
                f"no rule names the levels {named}",
                "Widen a rule, or add one at the end",
            )
            return


def _habits(seeds: Seeds) -> Iterator[Problem]:
    known = {row["segment_code"] for row in seeds.rows("segment_texts")}
    for row in seeds.rows("habit_rules"):
        if row["habit_code"] not in known:
            yield row.problem(
                f"{row['habit_code']} has no words in segment_texts",
                nearest(row["habit_code"], known),
            )
        starts = [column for column in row.cells if column.endswith("_from")]
        for column in starts:
            first = row.number(column)
            end = row.number(column.removesuffix("_from") + "_to")
            if first is not None and end is not None and first >= end:
                yield row.problem(
                    f"{row['habit_code']}: {column} {first} is not under its end {end}",
                    "Make the beginning less than the end",
                )


def _lifecycle(seeds: Seeds) -> Iterator[Problem]:
    rows = {row["threshold_name"]: row for row in seeds.rows("lifecycle_thresholds")}
    for row in rows.values():
        value = row.number("threshold_value")
        if value is None or value <= 0:
            yield row.problem(f"{row['threshold_name']} is {value}", "Write a number above 0")
            return
    for lower, higher, why in (
        ("leave_risk_gaps", "enter_risk_gaps", "people would enter and leave on the same day"),
        ("enter_risk_gaps", "enter_lapse_gaps", "nobody would be at risk before they lapse"),
        ("risk_days_from", "risk_days_to", "no silence is long enough"),
        ("lapse_days_from", "lapse_days_to", "no silence is long enough"),
        ("risk_days_from", "lapse_days_from", "nobody would be at risk before they lapse"),
        ("risk_days_to", "lapse_days_to", "nobody would be at risk before they lapse"),
    ):
        if lower in rows and higher in rows:
            low, high = (rows[name].number("threshold_value") for name in (lower, higher))
            if low is not None and high is not None and low >= high:
                yield rows[lower].problem(
                    f"{lower} is {low}, {higher} is {high}: {why}", f"Make {lower} the smaller one"
                )
