"""Cards on the scale from 0 to 10: points per bin, as the warehouse adds them up."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import numpy as np

from scoring.errors import CannotRun
from scoring.training.bins import ABSENT, FeatureBins, look_up, read_bins, refines
from scoring.training.seeds import cards_dir, read_rows, sector_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from scoring.settings import Settings
    from scoring.training.boosting import Additive, Numbers
    from scoring.training.calibration import Line
    from scoring.training.seeds import Row

BASE = "(base)"
MIDDLE = 5
LOG_ODDS = "log_odds"
LOG_AMOUNT = "log_amount"
POINTS_COLUMNS = ("score_name", "score_version", "bin_set", "feature", "bin", "points")
_THOUSANDTH = Decimal("0.001")

Key = tuple[str, str]


@dataclass(frozen=True)
class Scale:
    """What 5 means and what a point is worth: frozen across versions of a card."""

    kind: str
    reference_value: float
    points_per_doubling: float

    @property
    def unit(self) -> float:
        """Points of one unit of the natural logarithm."""
        return self.points_per_doubling / math.log(2)

    def sums(self, raw: Numbers) -> Numbers:
        """Log odds, or the logarithm of an amount, of raw scores."""
        return math.log(self.reference_value) + (raw - MIDDLE) / self.unit


@dataclass(frozen=True)
class Card:
    """Points of a version of a score, before or after rounding.

    Attributes:
        base: points that everybody gets, besides the 5 of the scale.
        points: points per bin set and feature, by bin.
        bins: the bins of each of them.
    """

    base: float
    points: Mapping[Key, Mapping[int, float]]
    bins: Mapping[Key, FeatureBins]

    @property
    def keys(self) -> list[Key]:
        """Bin set and feature, in the order of the features' names."""
        return sorted(self.points, key=lambda key: key[::-1])

    def raw(self, frame: pd.DataFrame, absent: frozenset[str] = frozenset()) -> Numbers:
        """Raw scores of rows of raw feature values; exact to the thousandth once rounded."""
        total = np.full(len(frame), round(self.base * 1000, 6))
        for key in self.keys:
            codes = self.bins[key].codes(frame[key[1]], is_absent=key[1] in absent)
            total += 1000 * look_up(self.points[key], codes)
        return MIDDLE + total / 1000

    def rebinned(self, bin_set: str, bins: Mapping[str, FeatureBins]) -> Card:
        """The same card on finer bins.

        Raises:
            CannotRun: the bins given do not refine those of the card.
        """
        points = {}
        for key, table in self.points.items():
            codes = refines(bins[key[1]], self.bins[key])
            points[bin_set, key[1]] = {code: table[old] for code, old in codes.items()}
        return Card(self.base, points, {key: bins[key[1]] for key in points})

    def blended(self, other: Card, weight: float) -> Card:
        """`weight` parts of this card and the rest of another."""
        points: dict[Key, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for card, share in ((self, weight), (other, 1 - weight)):
            for key, table in card.points.items():
                for code, number in table.items():
                    points[key][code] += share * number
        return Card(
            base=weight * self.base + (1 - weight) * other.base,
            points={key: dict(table) for key, table in points.items()},
            bins={**other.bins, **self.bins},
        )

    def calibrated(self, line: Line, scale: Scale) -> Card:
        """The card with a line on the log scale folded into its points and base."""
        shift = line.intercept + (line.slope - 1) * math.log(scale.reference_value)
        return Card(
            base=line.slope * self.base + shift * scale.unit,
            points={
                key: {code: line.slope * number for code, number in table.items()}
                for key, table in self.points.items()
            },
            bins=self.bins,
        )

    def centred(self, shares: Mapping[Key, Mapping[int, Decimal]]) -> Card:
        """Points whose mean over the reference population is 0, the means in the base.

        The bin of what was never delivered has 0 points.
        """
        base, points = self.base, {}
        for key, table in self.points.items():
            mean = sum(float(shares[key].get(code, 0)) * number for code, number in table.items())
            base += mean
            points[key] = {code: number - mean for code, number in table.items()} | {ABSENT: 0.0}
        return Card(base, points, self.bins)

    def rounded(self) -> Card:
        """Points in thousandths, as the seeds keep them."""
        return Card(
            float(thousandths(self.base)),
            {
                key: {code: float(thousandths(number)) for code, number in table.items()}
                for key, table in self.points.items()
            },
            self.bins,
        )

    def rows(self, score_name: str, version: int, base_set: str) -> list[Row]:
        """Rows of the seed `score_points`, the base first."""

        def row(bin_set: str, feature: str, code: int, points: float) -> Row:
            cells = (score_name, str(version), bin_set, feature, str(code))
            return dict(zip(POINTS_COLUMNS, (*cells, f"{thousandths(points):.3f}"), strict=True))

        found = [row(base_set, BASE, 0, self.base)]
        for bin_set, feature in self.keys:
            table = self.points[bin_set, feature]
            found += [row(bin_set, feature, code, table[code]) for code in sorted(table)]
        return found


def from_additive(
    additive: Additive, scale: Scale, bin_set: str, bins: Mapping[str, FeatureBins]
) -> Card:
    """A sum on the log scale as points."""
    return Card(
        base=scale.unit * (additive.base - math.log(scale.reference_value)),
        points={
            (bin_set, feature): {code: scale.unit * number for code, number in table.items()}
            for feature, table in additive.tables.items()
        },
        bins={(bin_set, feature): bins[feature] for feature in additive.tables},
    )


def read_card(settings: Settings, score_name: str, version: int) -> Card:
    """A card of the seeds.

    Raises:
        CannotRun: there is none of that version.
    """
    folder = cards_dir(settings)
    all_bins = read_rows(folder / "feature_bins.csv")
    base = Decimal(0)
    points: dict[Key, dict[int, float]] = defaultdict(dict)
    for row in read_rows(folder / "score_points.csv"):
        if (row["score_name"], row["score_version"]) != (score_name, str(version)):
            continue
        if row["feature"] == BASE:
            base += Decimal(row["points"])
        else:
            points[row["bin_set"], row["feature"]][int(row["bin"])] = float(row["points"])
    if not points:
        raise CannotRun(f"{folder / 'score_points.csv'} has no card {score_name} {version}")
    sets = {name: read_bins(all_bins, name) for name in {key[0] for key in points}}
    bins = {key: sets[key[0]][key[1]] for key in points}
    return Card(float(base), dict(points), bins)


def read_scale(settings: Settings, score_name: str) -> Scale:
    """The frozen scale of a score.

    Raises:
        CannotRun: it has none: an index foresees nothing.
    """
    catalogue = {
        row["score_name"]: row for row in read_rows(sector_dir(settings) / "score_catalogue.csv")
    }
    kind = catalogue[score_name]["scale_kind"]
    if kind not in {LOG_ODDS, LOG_AMOUNT}:
        raise CannotRun(
            f"{score_name} is an index: it foresees nothing that it could be trained on"
        )
    path = sector_dir(settings) / "score_references.csv"
    for row in read_rows(path):
        if row["score_name"] == score_name:
            return Scale(kind, float(row["reference_value"]), float(row["points_per_doubling"]))
    raise CannotRun(f"{path} has no row for {score_name}: say what 5 means before training")


def thousandths(number: float) -> Decimal:
    """A number rounded half up to thousandths."""
    return Decimal(repr(float(number))).quantize(_THOUSANDTH, rounding=ROUND_HALF_UP) + 0
