"""Masking of direct identifiers before a value can reach a report or a page."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from pandas import DataFrame

PREFIX = "masked:"


def mask_value(value: object) -> str:
    """`masked:` and the first eight hexadecimal digits of the SHA-256 of the value's text."""
    return PREFIX + hashlib.sha256(str(value).encode("utf-8", "surrogatepass")).hexdigest()[:8]


def mask(df: DataFrame, pii_columns: Collection[str]) -> DataFrame:
    """Mask the columns that identify people directly.

    Args:
        df: any frame; it is left as it is.
        pii_columns: names to mask, in any case; those that the frame lacks are ignored.

    Returns:
        A copy in which equal values have equal masks and null stays null.
    """
    names = {name.casefold() for name in pii_columns}
    masked = df.copy()
    for column in df.columns:
        if str(column).casefold() in names:
            values = df[column].astype(object)
            masked[column] = values.map(mask_value, na_action="ignore").where(values.notna(), None)
    return masked
