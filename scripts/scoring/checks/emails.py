"""What is said of e-mail addresses: how many there are, and how many are shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.checks import queries
from scoring.checks.rules import Rule, Subject

if TYPE_CHECKING:
    from scoring.checks.thresholds import Thresholds
    from scoring.checks.warehouse import Warehouse


def email_subjects(warehouse: Warehouse, thresholds: Thresholds) -> list[Subject]:
    """The subject of e-mail addresses, where the column was delivered with any value."""
    if "email" not in warehouse.columns("staging", "base_crm__customers"):
        return []
    frame = warehouse.frame(queries.EMAILS)
    if not frame["email"].notna().any():
        return []
    advice = "Nothing is stopped by this: it limits who can be approached by e-mail."
    return [
        Subject(
            "staging.base_crm__customers",
            "e-mail addresses",
            frame,
            ("customer_id",),
            (
                Rule(
                    "ExpectColumnValuesToNotBeNull",
                    f"at least {thresholds.email_share:.0%} of people have an e-mail address",
                    advice,
                    {"column": "email", "mostly": thresholds.email_share},
                    "information",
                ),
                Rule(
                    "ExpectColumnValuesToBeUnique",
                    f"at least {thresholds.email_distinct_share:.0%} of addresses belong to one"
                    " person alone",
                    advice,
                    {"column": "email", "mostly": thresholds.email_distinct_share},
                    "information",
                ),
            ),
        )
    ]
