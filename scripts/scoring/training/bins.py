"""Bins of features: cut-offs that a person can say aloud, made once and reused as CSV."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from scoring.errors import CannotRun
from scoring.training.cuts import cut_offs, labels, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from scoring.training.seeds import Row

    Codes = NDArray[np.int32]

ABSENT = -1
MISSING = 0
MAX_BINS = 32
DEFAULT_BINS = 20
SEPARATOR = "|"
_RAREST_CATEGORY = 0.01
_SHARES = ("_share_", "_rate_")

BINS_COLUMNS = (
    *("bin_set", "feature", "bin", "bin_kind", "lower_bound", "upper_bound"),
    *("categories", "label_en", "label_fr", "reference_share"),
)


@dataclass(frozen=True)
class Bin:
    """A bin of a feature, as in the seed `feature_bins`."""

    code: int
    kind: str
    lower: Decimal | None = None
    upper: Decimal | None = None
    categories: tuple[str, ...] = ()
    label_en: str = ""
    label_fr: str = ""


@dataclass(frozen=True)
class FeatureBins:
    """The bins of one feature."""

    feature: str
    bins: tuple[Bin, ...]
    is_integer: bool = False

    @property
    def is_category(self) -> bool:
        """Whether it bins texts rather than numbers."""
        return any(one.kind == "other" for one in self.bins)

    @property
    def value_codes(self) -> tuple[int, ...]:
        """Codes that a value can have; missing and absent have theirs besides."""
        return tuple(one.code for one in self.bins if one.code > MISSING)

    def codes(self, values: pd.Series, *, is_absent: bool = False) -> Codes:
        """The bin of every value, exactly as the warehouse finds it."""
        if is_absent:
            return np.full(len(values), ABSENT, dtype=np.int32)
        missing = values.isna().to_numpy()
        if self.is_category:
            codes = {name: one.code for one in self.bins for name in one.categories}
            other = next(one.code for one in self.bins if one.kind == "other")
            found = np.array([codes.get(str(value), other) for value in values], dtype=np.int32)
        else:
            ranges = [one for one in self.bins if one.kind == "range"]
            bounds = np.array([float(one.upper) for one in ranges if one.upper is not None])
            places = np.searchsorted(bounds, values.to_numpy(dtype=np.float64), side="right")
            codes_in_order = np.array([one.code for one in ranges], dtype=np.int32)
            found = codes_in_order[np.minimum(places, len(ranges) - 1)]
        return np.where(missing, MISSING, found).astype(np.int32)

    def rows(self, bin_set: str, shares: Mapping[int, Decimal]) -> list[Row]:
        """Rows of the seed."""
        return [
            {
                "bin_set": bin_set,
                "feature": self.feature,
                "bin": str(one.code),
                "bin_kind": one.kind,
                "lower_bound": "" if one.lower is None else plain(one.lower),
                "upper_bound": "" if one.upper is None else plain(one.upper),
                "categories": SEPARATOR.join(one.categories),
                "label_en": one.label_en,
                "label_fr": one.label_fr,
                "reference_share": f"{shares.get(one.code, Decimal(0)):.6f}",
            }
            for one in self.bins
        ]


def read_bins(rows: Iterable[Row], bin_set: str) -> dict[str, FeatureBins]:
    """The bins of a set from the seed's rows."""
    found: dict[str, list[Bin]] = {}
    for row in rows:
        if row["bin_set"] != bin_set:
            continue
        found.setdefault(row["feature"], []).append(
            Bin(
                code=int(row["bin"]),
                kind=row["bin_kind"],
                lower=Decimal(row["lower_bound"]) if row["lower_bound"] else None,
                upper=Decimal(row["upper_bound"]) if row["upper_bound"] else None,
                categories=tuple(row["categories"].split(SEPARATOR)) if row["categories"] else (),
                label_en=row["label_en"],
                label_fr=row["label_fr"],
            )
        )
    return {
        feature: FeatureBins(feature, tuple(sorted(bins, key=lambda one: one.code)))
        for feature, bins in found.items()
    }


def make_bins(
    feature: str,
    values: pd.Series,
    *,
    is_category: bool,
    max_bins: int = DEFAULT_BINS,
    refined: FeatureBins | None = None,
) -> FeatureBins:
    """Bins of a feature from the values of the training part alone.

    Args:
        feature: its name; one with `_share_` or `_rate_` in it is shown in per cent.
        values: doubles with NaN, or texts with None.
        is_category: whether values are texts.
        max_bins: most bins of values, missing and absent not counted.
        refined: bins that the new ones refine: whoever shares a new bin shared an old one, so that
            points of both can be added up.

    Raises:
        CannotRun: more bins are asked for than a card may have.
    """
    if not 2 <= max_bins <= MAX_BINS:  # noqa: PLR2004 - one bin says nothing
        raise CannotRun(f"a feature has 2 to {MAX_BINS} bins, not {max_bins}")
    if is_category:
        listed = {name for one in (refined.bins if refined else ()) for name in one.categories}
        return FeatureBins(feature, _ends(feature) + _category_bins(values, max_bins, listed))
    present = values.dropna().to_numpy(dtype=np.float64)
    is_integer = bool(np.all(present == np.floor(present)))
    old = {one.lower for one in (refined.bins if refined else ()) if one.lower is not None}
    is_integer = is_integer and all(cut == cut.to_integral_value() for cut in old)
    new = cut_offs(present, max(max_bins - len(old), 2), is_integer=is_integer)
    cuts = sorted(old | set(new))
    ranges = _range_bins(feature, cuts, is_integer=is_integer)
    return FeatureBins(feature, _ends(feature) + ranges, is_integer)


def merge(bins: FeatureBins, kept_cuts: Sequence[int]) -> tuple[FeatureBins, dict[int, int]]:
    """Fewer ranges: those whose lower bound no card uses join the range before them.

    Args:
        bins: bins of numbers.
        kept_cuts: codes of ranges that begin with a cut worth keeping.

    Returns:
        The bins, numbered anew, and the new code of every old one.
    """
    ranges = [one for one in bins.bins if one.kind == "range"]
    groups: list[list[Bin]] = []
    for one in ranges:
        if not groups or one.code in kept_cuts:
            groups.append([])
        groups[-1].append(one)
    codes = {ABSENT: ABSENT, MISSING: MISSING}
    for place, group in enumerate(groups, start=1):
        codes |= {one.code: place for one in group}
    cuts = [group[0].lower for group in groups if group[0].lower is not None]
    ends = tuple(one for one in bins.bins if one.code <= MISSING)
    made = _range_bins(bins.feature, cuts, is_integer=bins.is_integer)
    return replace(bins, bins=ends + made), codes


def refines(fine: FeatureBins, coarse: FeatureBins) -> dict[int, int]:
    """The bin of `coarse` that each bin of `fine` lies in.

    Raises:
        CannotRun: some bin lies in two.
    """
    codes = {ABSENT: ABSENT, MISSING: MISSING}
    if fine.is_category != coarse.is_category:
        raise CannotRun(f"{fine.feature} has ranges in one bin set and categories in the other")
    if coarse.is_category:
        of_name = {name: one.code for one in coarse.bins for name in one.categories}
        other = next(one.code for one in coarse.bins if one.kind == "other")
        for one in fine.bins:
            found = {of_name.get(name, other) for name in one.categories}
            codes[one.code] = codes.get(one.code, found.pop() if len(found) == 1 else other)
        return codes
    cuts = {one.lower for one in fine.bins}
    if not {one.lower for one in coarse.bins} <= cuts:
        raise CannotRun(
            f"the bins of {fine.feature} do not refine those of the card that is there now, so "
            "their points cannot be blended: leave --bin-set out"
        )
    place = MISSING
    starts = {one.lower: one.code for one in coarse.bins if one.kind == "range"}
    for one in sorted(fine.bins, key=lambda one: one.code):
        if one.kind == "range":
            place = starts.get(one.lower, place)
            codes[one.code] = place
    return codes


def shares(codes: Codes, bins: FeatureBins) -> dict[int, Decimal]:
    """Share of the reference population in every bin: six digits that sum to 1."""
    counts = {one.code: int(np.sum(codes == one.code)) for one in bins.bins}
    total = sum(counts.values())
    step = Decimal("0.000001")
    found = {code: (Decimal(count) / total).quantize(step) for code, count in counts.items()}
    largest = max(found, key=lambda code: (found[code], code))
    found[largest] += 1 - sum(found.values())
    return found


def look_up(table: Mapping[int, float], codes: Codes) -> NDArray[np.float64]:
    """The number of each code; 0 for a code that the table lacks."""
    lowest = min((*table, ABSENT))
    numbers = np.zeros(max((*table, int(np.max(codes, initial=0)))) - lowest + 1)
    for code, number in table.items():
        numbers[code - lowest] = number
    return numbers[codes - lowest]


def _ends(feature: str) -> tuple[Bin, ...]:
    never = feature.startswith("days_since_")
    return (
        Bin(ABSENT, "absent", label_en="not delivered", label_fr="non livré"),
        Bin(
            *(MISSING, "missing"),
            label_en="never" if never else "unknown",
            label_fr="jamais" if never else "inconnu",
        ),
    )


def _category_bins(values: pd.Series, max_bins: int, kept: set[str]) -> tuple[Bin, ...]:
    present = values.dropna().astype(str)
    counts = present.value_counts()
    common = sorted(
        (name for name in counts.index if SEPARATOR not in name),
        key=lambda name: (-int(counts[name]), name),
    )[: max_bins - 1]
    listed = sorted(
        kept | {name for name in common if counts[name] >= _RAREST_CATEGORY * len(present)}
    )
    found = [
        Bin(place, "category", categories=(name,), label_en=name, label_fr=name)
        for place, name in enumerate(listed, start=1)
    ]
    return (*found, Bin(len(found) + 1, "other", label_en="another", label_fr="autre"))


def _range_bins(feature: str, cuts: Sequence[Decimal], *, is_integer: bool) -> tuple[Bin, ...]:
    lowers: list[Decimal | None] = [None, *cuts]
    uppers: list[Decimal | None] = [*cuts, None]
    is_share = any(part in f"{feature}_" for part in _SHARES)
    found = []
    for place, (lower, upper) in enumerate(zip(lowers, uppers, strict=True), start=1):
        one = Bin(place, "range", lower, upper)
        english, french = labels(one.lower, one.upper, is_integer=is_integer, is_share=is_share)
        found.append(replace(one, label_en=english, label_fr=french))
    return tuple(found)
