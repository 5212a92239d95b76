"""What holds for every seed: its columns, its types, its keys."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import TYPE_CHECKING

from scoring.configuration.seeds import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scoring.configuration.seeds import Declared, Row, Seeds

_BOOLEANS = frozenset({"true", "false"})


def nearest(name: str, known: set[str]) -> str:
    """A remedy for a name that nobody knows: the nearest known one, if any is near."""
    close = get_close_matches(name, sorted(known), n=1)
    return f"Did you mean {close[0]}?" if close else "Correct the name, or add what it names"


def check_cells(seeds: Seeds) -> Iterator[Problem]:
    """Problems of columns, cells and keys.

    Args:
        seeds: the seeds of a sector.

    Yields:
        Every problem.
    """
    for name, rows in seeds.tables.items():
        declared = seeds.declared.get(name)
        if declared is None:
            yield Problem(
                seeds.path(name),
                0,
                "no YAML describes this seed",
                "Describe it beside the others, or remove the file",
            )
            continue
        yield from _columns(seeds, name, declared)
        for row in rows:
            yield from _types(row, declared)
        for key in declared.keys:
            yield from _keys(rows, key)


def _columns(seeds: Seeds, name: str, declared: Declared) -> Iterator[Problem]:
    header, path = seeds.headers.get(name, []), seeds.path(name)
    known = set(declared.columns)
    for column in header:
        if header.count(column) > 1:
            yield Problem(path, 1, f"the column {column} is there twice", "Remove one of them")
        if column not in known:
            yield Problem(path, 1, f"unknown column '{column}'", nearest(column, known))
    for column in declared.columns:
        if column not in header:
            yield Problem(path, 1, f"the column {column} is missing", "Add it")


def _types(row: Row, declared: Declared) -> Iterator[Problem]:
    for column, text in row.cells.items():
        expected = declared.types.get(column, "")
        if not text or not expected:
            continue
        wrong = _not_of_type(text, expected)
        if wrong:
            yield row.problem(f"{column} is '{text}', {wrong}", f"Write a value of type {expected}")


def _not_of_type(text: str, expected: str) -> str:
    """What a text is not, empty where it is of the type."""
    wrong = ""
    if "date" in expected:
        try:
            date.fromisoformat(text)
        except ValueError:
            wrong = "which is not a date (YYYY-MM-DD)"
    elif expected.startswith("bool"):
        wrong = "" if text.lower() in _BOOLEANS else "which is neither true nor false"
    elif "int" in expected:
        wrong = "" if text.removeprefix("-").isdecimal() else "which is not a whole number"
    elif "decimal" in expected or "double" in expected:
        try:
            wrong = "" if Decimal(text).is_finite() else "which is not a number"
        except InvalidOperation:
            wrong = "which is not a number"
    return wrong


def _keys(rows: list[Row], key: tuple[str, ...]) -> Iterator[Problem]:
    lines: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        values = tuple(row[column] for column in key)
        if "" in values:
            empty = key[values.index("")]
            yield row.problem(f"{empty} is empty, and names the row", "Fill it, or remove the row")
        else:
            lines[values].append(row)
    for values, same in lines.items():
        for row in same[1:]:
            named = ", ".join(f"{c} {v}" for c, v in zip(key, values, strict=True))
            yield row.problem(f"{named} is on line {same[0].line} too", "Keep one of the two rows")
