"""Cards as a published copy or a warehouse has them: bins, points, weights, words."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

FIVE = Decimal(5)
BASE = "(base)"
LIMIT = "(limit)"
OVERALL = "overall"

Row = dict[str, Any]
# Bin set and feature.
Key = tuple[str, str]
Codes = dict[Key, int]


@dataclass(frozen=True)
class Card:
    """The points of one version of a score: its constant, and points by feature and bin."""

    name: str
    version: int
    base: Decimal
    points: dict[Key, dict[int, Decimal]]

    @property
    def keys(self) -> list[Key]:
        """Bin sets and features in the order of the history's codes."""
        return sorted(self.points, key=lambda key: (key[1], key[0]))

    def decode(self, text: str) -> Codes:
        """Bin codes of a row of the history.

        Raises:
            ValueError: they are not of this card.
        """
        codes = dict(zip(self.keys, (int(code) for code in text.split("|")), strict=True))
        if any(code not in self.points[key] for key, code in codes.items()):
            raise ValueError(text)
        return codes

    def raw(self, codes: Codes) -> Decimal:
        """The sum of points before the limits of the scale."""
        return FIVE + self.base + sum((self.points[k][codes[k]] for k in self.keys), Decimal(0))


class Cards:
    """Every card and what belongs to it, read once from the schema `reference`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Read the seeds.

        Args:
            connection: a published copy or a warehouse.

        Raises:
            CannotRun: it has no seeds.
        """
        import duckdb as engine

        try:
            self.catalogue: dict[str, Row] = {
                row["score_name"]: row for row in rows_of(connection, "score_catalogue")
            }
            self.texts: dict[str, Row] = {
                row["score_name"]: row for row in rows_of(connection, "score_texts")
            }
            self.reasons = {row["feature"]: row for row in rows_of(connection, "reason_texts")}
            self.references = {
                row["score_name"]: row for row in rows_of(connection, "score_references")
            }
            self._points = rows_of(connection, "score_points")
            self._bins = rows_of(connection, "feature_bins")
            self._features = rows_of(connection, "feature_catalogue")
            self._limits = rows_of(connection, "feature_limits")
        except engine.CatalogException as error:
            raise CannotRun(
                "this copy was published without its cards, by an older version: run `scoring run`"
                f" once more ({str(error).partition(chr(10))[0]})"
            ) from error

    @cached_property
    def bins(self) -> dict[Key, dict[int, Row]]:
        """Rows of the bins by bin set and feature, then by code."""
        bins: dict[Key, dict[int, Row]] = defaultdict(dict)
        for row in self._bins:
            bins[row["bin_set"], row["feature"]][row["bin"]] = row
        return bins

    @cached_property
    def families(self) -> dict[str, str]:
        """Reason family by feature."""
        return {row["feature"]: row["reason_family"] for row in self._features}

    @cached_property
    def _by_version(self) -> dict[tuple[str, int], Card]:
        points: dict[tuple[str, int], dict[Key, dict[int, Decimal]]] = defaultdict(dict)
        bases: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
        for row in self._points:
            version = (row["score_name"], row["score_version"])
            if row["feature"] == BASE:
                bases[version] += row["points"]
            else:
                key = (row["bin_set"], row["feature"])
                points[version].setdefault(key, {})[row["bin"]] = row["points"]
        return {
            (name, number): Card(name, number, bases[name, number], found)
            for (name, number), found in points.items()
        }

    def card(self, name: str, version: int) -> Card | None:
        """The card of a version, if the seeds still have it."""
        return self._by_version.get((name, version))

    def bin_code(self, key: Key, features: Mapping[str, Any], absent: frozenset[str]) -> int:
        """The bin that a value falls into, for a card that is no longer live."""
        feature, bins = key[1], self.bins[key].values()
        value = features.get(feature)
        if feature in absent:
            return -1
        if value is None:
            return 0
        for row in bins:
            if row["bin_kind"] == "category" and str(value) in row["categories"].split("|"):
                return int(row["bin"])
            if row["bin_kind"] == "range" and _is_within(value, row):
                return int(row["bin"])
        return next((int(row["bin"]) for row in bins if row["bin_kind"] == "other"), 0)

    def can_change(self, feature: str) -> str:
        """Whether what someone does can change a feature: never, grows or both."""
        kinds = {row["feature"]: row["past"] for row in self._features}
        limits = {row["feature"]: str(row["can_change"]) for row in self._limits}
        if kinds.get(feature) != "events":
            return "never"
        return limits.get(feature, "both")

    def overall(self, raws: Mapping[str, Decimal | None]) -> dict[str, Decimal] | None:
        """Points of the overall score from raw scores: weighted distances from 5; None without any.

        The weights are shared among the scores that are there, each rounded half up.
        """
        weights = {
            name: int(row["overall_weight"] or 0)
            for name, row in self.catalogue.items()
            if row["is_on"] and name != OVERALL and raws.get(name) is not None
        }
        total = sum(weights.values())
        if total == 0:
            return None
        points = {}
        for name, weight in sorted(weights.items()):
            raw = raws[name]
            if weight and raw is not None:
                distance = raw - 5 if self.catalogue[name]["is_high_good"] else 5 - raw
                exact = Fraction(distance) * weight / total
                points[name] = Decimal(math.floor(exact * 1000 + Fraction(1, 2))) / 1000
        return points


def rows_of(connection: duckdb.DuckDBPyConnection, seed: str) -> list[Row]:
    """All rows of a seed by the names of its columns."""
    cursor = connection.execute(f"select * from reference.{seed}")
    names = [item[0] for item in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def limited(raw: Decimal) -> Decimal:
    """A sum on the scale from 0 to 10."""
    return max(min(raw, Decimal(10)), Decimal(0))


def _is_within(value: object, row: Row) -> bool:
    """Whether a value lies in a range, its lower bound included, its upper one not."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return False
    lower, upper = row["lower_bound"], row["upper_bound"]
    return (lower is None or number >= lower) and (upper is None or number < upper)
