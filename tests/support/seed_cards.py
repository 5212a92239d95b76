"""Cards for the independent scorer: the seeds' CSV files as records, and exact decimals.

Points round half up; texts show them half away from zero. A division is exact until rounded.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FIVE = Decimal(5)
BASE = "(base)"
LIMIT = "(limit)"

FeatureValue = Decimal | int | str | None
Features = Mapping[str, FeatureValue]
Codes = dict[tuple[str, str], int]
Row = dict[str, str]


@dataclass(frozen=True)
class Entry:
    """A row of the ledger."""

    feature: str
    bin: int
    label: str
    points: Decimal


@dataclass(frozen=True)
class Reason:
    """A reason in both languages."""

    en: str
    fr: str


@dataclass(frozen=True)
class Scored:
    """One score of one person."""

    name: str
    version: int
    raw: Decimal | None
    score: Decimal | None
    null_reason: str | None
    codes: str | None
    ledger: tuple[Entry, ...]
    ups: tuple[Reason, ...]
    downs: tuple[Reason, ...]


@dataclass(frozen=True)
class Card:
    """A live version of a score: points by bin set and feature, then by bin."""

    name: str
    version: int
    catalogue: Row
    base: Decimal
    points: dict[tuple[str, str], dict[int, Decimal]]

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Bin set and feature, in the order of the features' names."""
        return sorted(self.points, key=lambda key: key[::-1])


def available_features(catalogue: Path, delivered: Iterable[str]) -> frozenset[str]:
    """Features of which any input was delivered.

    Args:
        catalogue: the feature catalogue.
        delivered: columns as `source.table.column`.
    """
    columns = set(delivered)
    return frozenset(
        row["feature"] for row in read_rows(catalogue) if columns & set(row["needs"].split("|"))
    )


def read_rows(path: Path) -> list[Row]:
    """Rows of a seed, all cells as text."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def read_card(catalogue: Row, all_points: list[Row]) -> Card:
    """The live card of a row of the catalogue."""
    name, version = catalogue["score_name"], catalogue["score_version"]
    points: dict[tuple[str, str], dict[int, Decimal]] = defaultdict(dict)
    base = Decimal(0)
    for row in all_points:
        if (row["score_name"], row["score_version"]) != (name, version):
            continue
        if row["feature"] == BASE:
            base += Decimal(row["points"])
        else:
            points[row["bin_set"], row["feature"]][int(row["bin"])] = Decimal(row["points"])
    return Card(name, int(version), catalogue, base, dict(points))


def number_in(value: FeatureValue) -> Decimal | None:
    """The number that a text is, if it is one."""
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    return number if number.is_finite() else None


def is_within(value: Decimal, row: Row) -> bool:
    """Whether a value lies in a bin: its lower bound included, its upper one not."""
    lower, upper = row["lower_bound"], row["upper_bound"]
    return (not lower or value >= Decimal(lower)) and (not upper or value < Decimal(upper))


def limited(raw: Decimal) -> Decimal:
    """The score on the scale from 0 to 10."""
    return max(min(raw, Decimal(10)), Decimal(0))


def limit_entries(raw: Decimal, score: Decimal) -> tuple[Entry, ...]:
    """The entry for what lies beyond the ends of the scale."""
    if raw == score:
        return ()
    return (Entry(LIMIT, 0, "the scale ends at 0 and 10", score - raw),)


def thousandths(value: Fraction) -> Decimal:
    """A fraction rounded to thousandths, halves up."""
    return Decimal(math.floor(value * 1000 + Fraction(1, 2))) / 1000


def one_digit(value: Decimal) -> str:
    """A number as reasons show it."""
    rounded = value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return str(abs(rounded) if rounded == 0 else rounded)
