"""Names of the reasons for a rejection, and the planting of faulty rows."""

from collections.abc import Iterable
from typing import Final

from scoring.sample.draft import Cell, Draft, Row

NULL: Final = "null_in_required_column"
OUT_OF_RANGE: Final = "out_of_range"
LATER: Final = "later_than_delivery"
NO_ORDER: Final = "line_without_order"
NO_RATE: Final = "currency_without_rate"
NOT_A_RETURN: Final = "negative_amount_without_return"

Fault = tuple[str, Cell, str]
"""A column, the value that is wrong in it, and the reason it must be rejected for."""


def not_a(data_type: str) -> str:
    """The reason for a value that does not cast to the column's type."""
    return f"not_a_{data_type}"


def spoil(
    draft: Draft, models: Iterable[Row], faults: Iterable[Fault], key: str | None = None
) -> None:
    """Add one faulty row per fault, each a copy of a good row with one wrong cell.

    Args:
        draft: Table to add to.
        models: Good rows to copy, one per fault at least.
        faults: What to plant.
        key: Key column to give a value of its own to, so that nothing else of the table is hit;
            without it the copy has the key of its model.
    """
    planned = list(faults)
    sources = list(models)[: len(planned)]
    for place, (model, (column, value, reason)) in enumerate(zip(sources, planned, strict=True)):
        fresh: dict[str, Cell] = {key: f"{model.cells[key]}-F{place}"} if key else {}
        draft.reject(model.file, {**model.cells, **fresh, column: value}, reason)
