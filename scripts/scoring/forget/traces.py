"""What names a person: keys, addresses and names, and how they are looked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from scoring.checks.masking import mask_value
from scoring.warehouse import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scoring.contract import Contract

# Columns that hold the key of a person, in raw tables and in the warehouse.
PERSON_COLUMNS = frozenset(
    {
        *("customer_id", "other_customer_id", "source_customer_id", "merged_into"),
        *("component_customer_id", "person_id"),
    }
)
# Free text that may quote a raw row, also in tables that name the person in a column.
QUOTING_COLUMNS = frozenset({"_raw", "row_json", "message"})
# A shorter key, or one of digits alone, stands in many texts that have nothing to do with it.
_LEAST_KEY = 5
_LEAST_DIGITS = 7
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Traces:
    """What names one person.

    Attributes:
        ids: keys of all the source customers that the person is.
        keys: keys of what only this person did, by the column that holds them.
        cells: e-mail addresses, telephone numbers and postal addresses, as written.
        names: first and last names, as written.
        shared_count: cells and names that other people have too: they cannot be looked for.
    """

    ids: frozenset[str]
    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cells: frozenset[str] = frozenset()
    names: frozenset[tuple[str, str]] = frozenset()
    shared_count: int = 0

    @property
    def plain_ids(self) -> frozenset[str]:
        """Keys that are too short or too common to be looked for in free text."""
        return frozenset(key for key in self.ids if not _is_telling(key))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What is looked for in free text, the longest first."""
        found = {key for key in self.ids if _is_telling(key)} | set(self.cells)
        found |= {f"{first} {last}" for first, last in self.names}
        found |= {_digits(cell) for cell in self.cells if _is_number(cell)}
        found |= {mask_value(text) for text in (*self.ids, *self.cells)}
        return tuple(sorted(found, key=lambda text: (-len(text), text)))

    @cached_property
    def pattern(self) -> str:
        """The texts as one regular expression, for Python and for DuckDB; '' for none.

        Keys of people who have no key that tells still stand in JSON beside their column.
        """
        alternatives = [re.escape(text) for text in self.texts]
        alternatives += [
            f'"(?:{"|".join(sorted(PERSON_COLUMNS))})": ?"?{re.escape(key)}"?[,}}]'
            for key in sorted(self.plain_ids)
        ]
        if not alternatives:
            return ""
        joined = "|".join(alternatives)
        return f"(?i)(?:^|[^A-Za-z0-9])(?:{joined})(?:[^A-Za-z0-9]|$)"

    def mentioned_in(self, text: str) -> bool:
        """Whether a text names the person."""
        return bool(self.pattern) and re.search(self.pattern, text) is not None

    def erased_from(self, text: str) -> str:
        """The text without what names the person."""
        for found in self.texts:
            text = re.sub(re.escape(found), "(forgotten)", text, flags=re.IGNORECASE)
        return text

    def condition(self, columns: Mapping[str, str], contract: Contract) -> str:
        """Condition in DuckDB's SQL of the rows of a relation that are about the person.

        Args:
            columns: types of its columns, by name.
            contract: tells what the keys of refused rows are made of.
        """
        parts = [
            f"cast({quoted(name)} as varchar) in ({_list(self.ids)})"
            for name in columns
            if name in PERSON_COLUMNS
        ]
        names_people = bool(parts)
        if not names_people:
            parts += [
                f"cast({quoted(name)} as varchar) in ({_list(self.keys[name])})"
                for name in columns
                if self.keys.get(name)
            ]
        if {"source_name", "table_name", "row_key"} <= columns.keys():
            parts += self._refused_rows(contract)
        for name, data_type in columns.items():
            quotes = name in QUOTING_COLUMNS or not names_people
            if quotes and data_type == "VARCHAR" and self.pattern:
                parts.append(f"regexp_matches({quoted(name)}, {literal(self.pattern)})")
        return " or ".join(f"coalesce({part}, false)" for part in parts) or "false"

    def _refused_rows(self, contract: Contract) -> list[str]:
        """Refused rows are known by a key in one text, its parts joined by |."""
        parts = []
        for table in contract.tables:
            for place, name in enumerate(table.key, start=1):
                values = self.ids if name in PERSON_COLUMNS else self.keys.get(name)
                if values:
                    parts.append(
                        f"source_name = {literal(table.source)}"
                        f" and table_name = {literal(table.name)}"
                        f" and split_part(row_key, '|', {place}) in ({_list(values)})"
                    )
        return parts


def _is_telling(key: str) -> bool:
    return len(key) >= _LEAST_KEY and not key.isdigit() and bool(_DIGIT.search(key))


def _is_number(cell: str) -> bool:
    return "@" not in cell and len(_digits(cell)) >= _LEAST_DIGITS and not re.search("[a-z]", cell)


def _digits(cell: str) -> str:
    return "".join(_DIGIT.findall(cell))


def _list(values: Iterable[str]) -> str:
    return ", ".join(literal(value) for value in sorted(values)) or "null"
