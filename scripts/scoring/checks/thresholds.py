"""The numbers that decide whether a delivery or a result is believed: edit them here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """Limits of the checks.

    Attributes:
        fresh_tables: tables whose staleness stops the run; that of others is a warning.
        days_behind: days that the latest event of a table may lie before the newest of all.
        rejected_share: share of rows that may be rejected.
        rejected_share_small: the same for a table with fewer rows than `small_table_rows`.
        small_table_rows: rows from which a share is taken as such.
        share_of_last_run: rows of a table against the last published run, at least.
        anonymous_share: share of rows without a customer, at most, where that is allowed.
        email_share: share of people with an e-mail address below which the report says so.
        email_distinct_share: share of addresses that one person alone has, likewise.
        scored_share_of_last_run: share of people with a score against the last published run, at
            least.
    """

    fresh_tables: tuple[str, ...] = ("sales.orders",)
    days_behind: int = 35
    rejected_share: float = 0.05
    rejected_share_small: float = 0.50
    small_table_rows: int = 100
    share_of_last_run: float = 0.50
    anonymous_share: float = 0.90
    email_share: float = 0.50
    email_distinct_share: float = 0.90
    scored_share_of_last_run: float = 0.90


THRESHOLDS = Thresholds()
