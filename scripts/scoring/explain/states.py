"""A person as of a date, and who they were taken to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from scoring.explain.cards import Codes


class NoReplayError(Exception):
    """The change cannot be split; the message says why."""


@dataclass(frozen=True)
class State:
    """A person as of a date.

    Attributes:
        codes: bin codes of the live cards.
        null_reasons: why a score is null, None where it is not.
        features: values of the features, own attributes included.
        absent: features that were never delivered.
    """

    codes: Codes
    null_reasons: dict[str, str | None]
    features: dict[str, Any]
    absent: frozenset[str]


@dataclass(frozen=True)
class Members:
    """The source customers that are a person, as rows of the links.

    Attributes:
        columns: columns of the links.
        rows: one row per source customer.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def ids(self) -> frozenset[str]:
        """Keys of the source customers."""
        place = self.columns.index("source_customer_id")
        return frozenset(str(row[place]) for row in self.rows)

    def on(self, day: date) -> list[tuple[Any, ...]]:
        """The same links on another day."""
        place = self.columns.index("as_of_date")
        return [(*row[:place], day, *row[place + 1 :]) for row in self.rows]
