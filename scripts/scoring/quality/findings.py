"""What is wrong with the inputs, how much it matters, and what to do about it.

A finding names tables, columns, rules and scores, never a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.checks.thresholds import THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Row = Mapping[str, object]

ERROR, WARNING, ADVICE = "error", "warning", "advice"
LEVELS = (ERROR, WARNING, ADVICE)


@dataclass(frozen=True)
class Limits:
    """From where on something is worth a word; what stops a run is an error here too.

    Attributes:
        rejected_warning: share of refused rows of a table that is a warning; the share that
            stops a run is an error.
        anonymous: share of rows without a person.
        filled: share of people with a cell, below which a column says little.
        valid_error: share of judged cells that are right, below which it is an error.
        valid_warning: and a warning.
        silent: share of people without a sign of life for a year.
    """

    rejected_warning: float = 0.01
    anonymous: float = 0.5
    filled: float = 0.5
    valid_error: float = 0.6
    valid_warning: float = 0.95
    silent: float = 0.5


@dataclass(frozen=True, order=True)
class Finding:
    """Something to know before a score is trusted.

    Attributes:
        level: error, warning or advice.
        subject: table, column, rule or score.
        message: what is so.
        remedy: what to do.
    """

    level: str
    subject: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Measures:
    """What the warehouse says of its inputs; each a list of rows by column name."""

    accounting: Sequence[Row]
    profile: Sequence[Row]
    contactability: Sequence[Row]
    duplicates: Sequence[Row]
    freshness: Sequence[Row]
    scores: Sequence[Row]


def judge(measures: Measures, limits: Limits | None = None) -> list[Finding]:
    """Judge the inputs; the gravest findings first."""
    allowed = limits or Limits()
    found = [
        *_tables(measures.accounting, allowed),
        *_profile(measures.profile, allowed),
        *_contact(measures),
        *_duplicates(measures.duplicates),
        *_freshness(measures.freshness, allowed),
        *_scores(measures.scores),
    ]
    return sorted(found, key=lambda finding: LEVELS.index(finding.level))


def share(part: object, whole: object) -> float | None:
    """A share; None where there is nothing to share."""
    return _number(part) / _number(whole) if _number(whole) else None


def _tables(rows: Sequence[Row], limits: Limits) -> Iterator[Finding]:
    newest = max((str(r["latest_event_date"]) for r in rows if r["latest_event_date"]), default="")
    for row in rows:
        name = f"{row['source_name']}.{row['table_name']}"
        if not row["is_delivered"]:
            continue
        landed = row["landed_row_count"]
        rejected = share(row["rejected_row_count"], landed)
        anonymous = share(row["anonymous_row_count"], landed)
        if rejected is None:
            yield Finding(WARNING, name, "delivered without a row", "ask whether it is meant")
            continue
        if rejected > limits.rejected_warning:
            is_small = _number(landed) < THRESHOLDS.small_table_rows
            stops = THRESHOLDS.rejected_share_small if is_small else THRESHOLDS.rejected_share
            level = ERROR if rejected > stops else WARNING
            yield Finding(
                level,
                name,
                f"{rejected:.1%} of its rows are refused",
                "marts.rejected_rows has key, column and reason of each",
            )
        if anonymous is not None and anonymous > limits.anonymous:
            yield Finding(
                WARNING,
                name,
                f"{anonymous:.0%} of its rows name no person",
                "see whether the column of the customer's key is delivered under its name",
            )
        behind = _days(str(row["latest_event_date"]), newest) if row["latest_event_date"] else 0
        if behind > THRESHOLDS.days_behind:
            yield Finding(
                WARNING,
                name,
                f"its latest event is {behind} days before the newest of all tables",
                "ask whoever delivers it for the rest",
            )


def _profile(rows: Sequence[Row], limits: Limits) -> Iterator[Finding]:
    if not any(_number(row["record_count"]) for row in rows):
        yield Finding(
            ADVICE,
            "crm.customers",
            "no people were delivered: profiles are empty, nobody has consented or refused",
            "deliver crm.customers with at least customer_id and the consents",
        )
        return
    for row in rows:
        name = f"crm.customers.{row['column_name']}"
        filled = share(row["filled_count"], row["record_count"]) or 0.0
        if row["is_delivered"] and filled < limits.filled:
            yield Finding(
                ADVICE,
                name,
                f"filled for {filled:.0%} of people",
                "scores lean on it little; fill it, or take it out of the cards",
            )
        valid = share(row["valid_count"], row["judged_count"])
        if valid is not None and valid < limits.valid_warning:
            yield Finding(
                ERROR if valid < limits.valid_error else WARNING,
                name,
                f"{1 - valid:.1%} of the cells cannot be right",
                "correct them in the CRM; they reach nobody and link no duplicates",
            )


def _contact(measures: Measures) -> Iterator[Finding]:
    has_people = any(_number(row["record_count"]) for row in measures.profile)
    delivered = {str(r["column_name"]) for r in measures.profile if r["is_delivered"]}
    for row in measures.contactability:
        channel = str(row["channel"])
        if has_people and f"consent_{channel}" not in delivered:
            yield Finding(
                WARNING,
                f"crm.customers.consent_{channel}",
                "not delivered: nobody may be taken for contactable over this channel",
                "deliver the consents as the CRM has them",
            )
        elif _number(row["consent_count"]) and not _number(row["contactable_count"]):
            yield Finding(
                WARNING,
                f"channel {channel}",
                "people consent to it, and none of them has an address that can be right",
                "deliver the addresses, or correct them",
            )


def _duplicates(rows: Sequence[Row]) -> Iterator[Finding]:
    remedies = {
        "rule is off": (
            ADVICE,
            "look at pairs with `scoring link`, or switch it on in the seed identity_rules",
        ),
        "shared by too many": (
            ADVICE,
            "a household, a firm or a placeholder: the seed identity_placeholders lists those",
        ),
        "birth dates differ": (WARNING, "one of the records has somebody else's address or date"),
        "first names differ": (ADVICE, "people of one home, or a wrong address"),
    }
    for row in rows:
        if str(row["outcome"]) in remedies:
            level, remedy = remedies[str(row["outcome"])]
            yield Finding(
                level,
                f"duplicates by {row['rule_name']}",
                f"{_number(row['record_count']):,} records share {_number(row['key_count']):,}"
                f" keys and stay apart: {row['outcome']}",
                remedy,
            )


def _freshness(rows: Sequence[Row], limits: Limits) -> Iterator[Finding]:
    for sign, word in (("own event", "have done nothing"), ("profile", "have a profile untouched")):
        ages = {str(r["age"]): _number(r["person_count"]) for r in rows if r["sign"] == sign}
        old = share(ages.get("4: longer ago", 0) + ages.get("5: never", 0), sum(ages.values()))
        if old is not None and old > limits.silent:
            yield Finding(
                ADVICE,
                f"freshness by {sign}",
                f"{old:.0%} of people {word} for a year or more, or ever",
                "see whether old records should still be kept and scored",
            )


def _scores(rows: Sequence[Row]) -> Iterator[Finding]:
    live = [row for row in rows if row["is_on"]]
    supported = [row for row in live if row["is_supported"]]
    if live and not supported:
        yield Finding(
            ERROR,
            "all scores",
            "no score has the features that it cannot do without",
            "deliver sales.orders or marketing.touches first",
        )
    for row in live:
        name, lacking = f"score {row['score_name']}", str(row["missing_columns"] or "")
        if not row["is_supported"]:
            yield Finding(
                WARNING,
                name,
                f"null for everyone: it needs {row['missing_required']}",
                f"deliver one of {lacking}",
            )
        elif row["missing_features"]:
            yield Finding(
                ADVICE,
                name,
                f"{row['missing_features']} of its {row['feature_count']} features are absent and"
                " give no points",
                f"deliver {lacking}",
            )


def _days(earlier: str, later: str) -> int:
    from datetime import date

    return (date.fromisoformat(later[:10]) - date.fromisoformat(earlier[:10])).days


def _number(value: object) -> int:
    return int(str(value)) if value is not None else 0
