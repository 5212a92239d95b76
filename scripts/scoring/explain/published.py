"""The published copy as an explanation reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from scoring.errors import CannotRun
from scoring.publish import SCORING_FILE, current_folder, read_manifest
from scoring.warehouse import connect

if TYPE_CHECKING:
    from decimal import Decimal

    from scoring.settings import Settings

SHOWN_DATES = 5


@dataclass(frozen=True)
class HistoryRow:
    """A score of a person on a date, as the history keeps it."""

    version: int
    raw: Decimal | None
    score: Decimal | None
    null_reason: str | None
    codes: str | None


class Published:
    """The copy that is being served. Use it as a context manager."""

    def __init__(self, settings: Settings) -> None:
        """Open the copy.

        Args:
            settings: where it is.

        Raises:
            CannotRun: nothing has been published.
        """
        folder = current_folder(settings.published_dir)
        self.run_id = str(read_manifest(folder)["run_id"])
        self.connection = connect(folder / SCORING_FILE, read_only=True)
        self._warehouse = settings.warehouse_path

    def __enter__(self) -> Published:
        """Nothing more to open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the copy."""
        self.connection.close()

    def find(self, key: str) -> tuple[str, list[str]]:
        """The person that a key names, and what to say of it.

        Raises:
            CannotRun: it names nobody, or several.
        """
        known = self._column(
            "select customer_id from marts.scored_customers where customer_id = ?", [key]
        )
        if known:
            return key, []
        merged = self._merged_into(key)
        if len(merged) == 1:
            return merged[0], [f"{key} was merged into {merged[0]}"]
        alike = self._column(
            "select customer_id from marts.scored_customers"
            " where lower(trim(customer_id)) = lower(trim(?)) order by 1",
            [key],
        )
        if len(alike) == 1:
            return alike[0], [f"{key} is written {alike[0]}"]
        if alike or merged:
            raise CannotRun(
                f"'{key}' may be {' or '.join(alike or merged)}: give one of these keys"
            )
        everyone = self._column("select customer_id from marts.scored_customers order by 1", [])
        close = get_close_matches(key, everyone, n=3)
        hint = f"did you mean {', '.join(close)}?" if close else "keys are those of customer_id"
        raise CannotRun(f"nobody is called '{key}' in the published copy of {self.run_id}: {hint}")

    def dates(self, customer: str, as_of: date | None) -> tuple[date, date | None]:
        """The date to explain, and the one before it that is on record.

        Raises:
            CannotRun: the person has no scores, or none on that date.
        """
        found = self._column(
            "select distinct as_of_date from marts.score_history where customer_id = ? order by 1",
            [customer],
        )
        if not found:
            rows = self.connection.execute(
                "select overall, * from marts.scored_customers where customer_id = ?", [customer]
            )
            names = [item[0] for item in rows.description or ()]
            cells = dict(zip(names, rows.fetchone() or (), strict=False))
            reasons = {str(cells[n]) for n in names if n.endswith("_reason_missing") and cells[n]}
            why = "; ".join(sorted(reasons - {"not in sector"})) or "no history"
            raise CannotRun(f"{customer} has no scores to explain: {why}")
        day = as_of or max(found)
        if day not in found:
            listed = ", ".join(str(one) for one in found[-SHOWN_DATES:])
            raise CannotRun(f"{customer} was not scored as of {day}; the last dates are {listed}")
        return day, max((one for one in found if one < day), default=None)

    def moment(self, customer: str, day: date) -> dict[str, HistoryRow]:
        """All scores of a person on a date, by name."""
        rows = self.connection.execute(
            "select score_name, score_version, score_raw, score, null_reason, bin_codes"
            " from marts.score_history where customer_id = ? and as_of_date = ?",
            [customer, day],
        ).fetchall()
        return {name: HistoryRow(*cells) for name, *cells in rows}

    def _merged_into(self, key: str) -> list[str]:
        """Persons that a source customer is part of: only the warehouse knows."""
        import duckdb

        if not self._warehouse.is_file():
            return []
        try:
            with connect(self._warehouse, read_only=True) as connection:
                rows = connection.execute(
                    "select distinct links.customer_id from intermediate.int_person_links as links"
                    " inner join intermediate.int_run as runs on links.as_of_date = runs.as_of_date"
                    " where links.source_customer_id = ?",
                    [key],
                ).fetchall()
        except duckdb.Error:
            # The key is then one that nobody has: the message says so.
            return []
        return [str(row[0]) for row in rows]

    def _column(self, query: str, values: list[str]) -> list[Any]:
        return [row[0] for row in self.connection.execute(query, values).fetchall()]
