"""Where ranges of a number begin: quantiles that a person can say aloud, finer at the high end."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIGNIFICANT_DIGITS = 2
_MOST_DECIMALS = 6
# Amounts have a long end: who spends most differs more from the next than anybody else does.
_TAIL = (0.965, 0.98, 0.99, 0.995, 0.998)
_FEWEST_BODY = 12


def cut_offs(present: NDArray[np.float64], max_bins: int, *, is_integer: bool) -> list[Decimal]:
    """Lower bounds of all ranges but the first.

    Args:
        present: values, none missing.
        max_bins: most ranges.
        is_integer: whether values are whole numbers.
    """
    distinct = np.unique(present)
    if len(distinct) <= 1:
        return []
    if len(distinct) <= max_bins and is_integer:
        edges = list(distinct[1:])
    else:
        tail = _TAIL if max_bins >= _FEWEST_BODY + len(_TAIL) else ()
        body = max_bins - len(tail)
        probabilities = np.concatenate([np.arange(1, body) / body, tail])
        edges = list(np.quantile(present, probabilities, method="inverted_cdf"))
        if np.mean(present == distinct[0]) >= 1 / body:
            # What stands for nothing at all, often 0, is a bin of its own.
            edges[0] = distinct[1]
    rounded = {_said_aloud(edge, is_integer=is_integer) for edge in edges}
    lowest, highest = float(distinct[0]), float(distinct[-1])
    return sorted(cut for cut in rounded if lowest < float(cut) <= highest)


def _said_aloud(value: float, *, is_integer: bool) -> Decimal:
    """A number with two significant digits, a whole one where values are whole."""
    if value == 0:
        return Decimal(0)
    digits = _SIGNIFICANT_DIGITS - 1 - math.floor(math.log10(abs(value)))
    digits = min(digits, 0 if is_integer else _MOST_DECIMALS)
    number = Decimal(repr(float(value))).scaleb(digits).to_integral_value().scaleb(-digits)
    return Decimal(plain(number))


def plain(number: Decimal) -> str:
    """A decimal without exponent and without trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def labels(
    lower: Decimal | None, upper: Decimal | None, *, is_integer: bool, is_share: bool
) -> tuple[str, str]:
    """What a range is called, in English and French."""

    def said(number: Decimal) -> str:
        text = plain(number * 100) if is_share else plain(number)
        whole, _, rest = text.partition(".")
        grouped = f"{int(whole):,}".replace(",", " ")
        sign = "-" if whole.startswith("-") and not grouped.startswith("-") else ""
        return sign + grouped + (f".{rest}" if rest else "") + (" %" if is_share else "")

    def comma(said_number: str) -> str:
        return said_number.replace(".", ",")

    if lower is None and upper is None:
        return "any", "tout"
    if lower is None and upper is not None:
        if is_integer:
            last = said(upper - 1)
            return ("none", "aucun") if last == "0" else (f"up to {last}", f"{last} ou moins")
        return f"under {said(upper)}", f"moins de {comma(said(upper))}"
    first = said(lower or Decimal(0))
    if upper is None:
        return f"{first} or more", f"{comma(first)} ou plus"
    if is_integer and not is_share:
        last = said(upper - 1)
        return (first, first) if last == first else (f"{first} to {last}", f"{first} à {last}")
    return f"{first} to {said(upper)}", f"{comma(first)} à {comma(said(upper))}"
