"""Rows that cut a line into pieces: nothing may be left out, nothing may be in two pieces."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from scoring.configuration.seeds import Problem, Row


def check_intervals(rows: Sequence[Row], what: str) -> Iterator[Problem]:
    """Problems of rows with `lower_bound` and `upper_bound`, empty ones being open ends.

    Args:
        rows: the pieces of one line, in any order.
        what: what they cut, for the message.

    Yields:
        Every gap, overlap and empty piece.
    """
    ordered = sorted(rows, key=_start)
    for row in ordered:
        lower, upper = row.number("lower_bound"), row.number("upper_bound")
        if lower is not None and upper is not None and lower >= upper:
            yield row.problem(
                f"{what}: it begins at {lower} and ends at {upper}, so nothing falls into it",
                "Make lower_bound less than upper_bound",
            )
    if ordered[0]["lower_bound"]:
        yield ordered[0].problem(
            f"{what}: values under {ordered[0]['lower_bound']} fall nowhere",
            "Leave the lower_bound of the first row empty",
        )
    if ordered[-1]["upper_bound"]:
        yield ordered[-1].problem(
            f"{what}: values from {ordered[-1]['upper_bound']} on fall nowhere",
            "Leave the upper_bound of the last row empty",
        )
    for before, after in pairwise(ordered):
        yield from _joint(before, after, what)


def _joint(before: Row, after: Row, what: str) -> Iterator[Problem]:
    end, start = before.number("upper_bound"), after.number("lower_bound")
    if end is None or start is None or end > start:
        span = f"from {after['lower_bound'] or 'the beginning'}"
        yield after.problem(
            f"{what}: values {span} fall into the row of line {before.line} too (overlap)",
            f"Let one end where the other begins: upper_bound of line {before.line} = lower_bound",
        )
    elif end < start:
        yield after.problem(
            f"{what}: values from {end} to {start} fall nowhere (gap after line {before.line})",
            f"Let one end where the other begins: upper_bound of line {before.line} = lower_bound",
        )


def _start(row: Row) -> tuple[bool, Decimal | int, int]:
    lower = row.number("lower_bound")
    return (lower is not None, 0 if lower is None else lower, row.line)
