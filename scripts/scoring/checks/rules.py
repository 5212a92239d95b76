"""Expectations as data, so that a suite can be read without the library that runs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from scoring.checks.report import Severity


@dataclass(frozen=True)
class Rule:
    """One expectation.

    Attributes:
        expectation: name of the class in `great_expectations.expectations`.
        text: what must hold, in words.
        advice: what to do when it does not.
        arguments: arguments of the class.
        severity: what a failure means.
        where_null: judge only rows in which this column is null.
        where_filled: judge only rows in which this column is not null.
    """

    expectation: str
    text: str
    advice: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = "error"
    where_null: str | None = None
    where_filled: str | None = None


@dataclass(frozen=True)
class Subject:
    """A frame and what must hold of it.

    Attributes:
        table: table that it was read from.
        title: what of that table the frame shows; unique within a check.
        frame: the rows.
        keys: columns that name a row in a message; none for a frame of totals.
        rules: what must hold.
    """

    table: str
    title: str
    frame: DataFrame
    keys: tuple[str, ...]
    rules: tuple[Rule, ...]


def between(
    column: str,
    text: str,
    advice: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    severity: Severity = "error",
) -> Rule:
    """Every value of the column that is not null lies within the limits."""
    limits = {"column": column, "min_value": minimum, "max_value": maximum}
    return Rule("ExpectColumnValuesToBeBetween", text, advice, limits, severity)


def filled(column: str, text: str, advice: str) -> Rule:
    """No value of the column is null."""
    return Rule("ExpectColumnValuesToNotBeNull", text, advice, {"column": column})


def unique(columns: tuple[str, ...], text: str, advice: str) -> Rule:
    """No two rows agree in all these columns."""
    if len(columns) == 1:
        return Rule("ExpectColumnValuesToBeUnique", text, advice, {"column": columns[0]})
    return Rule("ExpectCompoundColumnsToBeUnique", text, advice, {"column_list": list(columns)})


def equal(column: str, other: str, text: str, advice: str) -> Rule:
    """Two columns are equal in every row, null meeting null counted as equal."""
    pair = {"column_A": column, "column_B": other, "ignore_row_if": "both_values_are_missing"}
    return Rule("ExpectColumnPairValuesToBeEqual", text, advice, pair)
