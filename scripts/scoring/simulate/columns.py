"""Arrow columns of the contract's types, made from numpy arrays at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

DAY: Final = 86_400
DECIMAL: Final = pa.decimal128(18, 4)
TYPES: Final = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": DECIMAL,
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
"""Arrow's type for each type of the contract."""
_TEN_THOUSANDTHS: Final = 10_000
_CENTS: Final = 100


def keys(prefix: str, numbers: Ints, width: int) -> pa.Array:
    """Text keys: a prefix and the number in `width` digits with leading zeros."""
    head = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    text = np.empty((len(numbers), len(head) + width), dtype=np.uint8)
    text[:, : len(head)] = head
    rest = numbers
    for place in range(text.shape[1] - 1, len(head) - 1, -1):
        rest, digit = np.divmod(rest, 10)
        text[:, place] = digit + ord("0")
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * text.shape[1]
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(text))


def _decimals(scaled: Ints, valid: Bools | None) -> pa.Array:
    words = np.empty((len(scaled), 2), dtype=np.int64)
    words[:, 0] = scaled
    words[:, 1] = scaled >> 63
    bits = None if valid is None else pa.array(valid).buffers()[1]
    return pa.Array.from_buffers(DECIMAL, len(scaled), [bits, pa.py_buffer(words)])


def amounts(cents: Ints, valid: Bools | None = None) -> pa.Array:
    """Decimals from whole cents."""
    return _decimals(cents * _CENTS, valid)


def decimals(values: Floats, valid: Bools | None = None) -> pa.Array:
    """Decimals rounded to four digits."""
    return _decimals(np.rint(values * _TEN_THOUSANDTHS).astype(np.int64), valid)


def times(seconds: Ints, valid: Bools | None = None) -> pa.Array:
    """Timestamps from seconds since 1970, UTC."""
    return pa.array(seconds.astype("datetime64[s]").astype("datetime64[us]"), mask=_mask(valid))


def dates(days: Ints, valid: Bools | None = None) -> pa.Array:
    """Dates from days since 1970."""
    return pa.array(days.astype("datetime64[D]"), mask=_mask(valid))


def plain(values: Ints | Bools, valid: Bools | None = None) -> pa.Array:
    """Integers or booleans."""
    return pa.array(values, mask=_mask(valid))


def pick(names: pa.Array | Sequence[str], places: Ints, valid: Bools | None = None) -> pa.Array:
    """The names at the given places."""
    source = names if isinstance(names, pa.Array) else pa.array(names, pa.string())
    return source.take(pa.array(places, mask=_mask(valid)))


def same(value: str | None, count: int) -> pa.Array:
    """One text for every row."""
    return pa.repeat(pa.scalar(value, pa.string()), count)


def chance(rng: np.random.Generator, share: float, count: int) -> Bools:
    """True for about that share of the rows."""
    return rng.random(count) < share


def draw(rng: np.random.Generator, weights: Sequence[float], count: int) -> Ints:
    """Places drawn with the given weights."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(edges / edges[-1], rng.random(count), side="right").astype(np.int64)


def places_in_group(groups: Ints) -> Ints:
    """Place of each row among the rows of its group, from 0; equal groups lie together."""
    if len(groups) == 0:
        return groups
    firsts = np.flatnonzero(np.concatenate(([True], groups[1:] != groups[:-1])))
    sizes = np.diff(np.append(firsts, len(groups)))
    return np.arange(len(groups)) - np.repeat(firsts, sizes)


def _mask(valid: Bools | None) -> Bools | None:
    return None if valid is None else ~valid
