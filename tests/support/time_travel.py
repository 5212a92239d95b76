"""Raw data as they were on a day, and raw data whose later part was altered.

The contract says what is later: an event by `event_at`, a cell by `known_at`, a version of a person
by `changes_at`. A row that does not keep the contract cannot be dated and stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.raw import RawFile, connect, files_by_table, raw_files, rewrite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from scoring.contract import Column, Contract

# What a text turns into where any other text would only be refused or overlooked.
_OTHER_TEXT = {
    "status": "case when {cell} = 'cancelled' then 'completed' else 'cancelled' end",
    "outcome": "case when {cell} = 'won' then 'lost' else 'won' end",
    "feedback_type": "'complaint'",
    "interaction_type": "'visit'",
    "currency": "'EUR'",
    "channel": "'phone'",
    "product_id": "(select max(product_id) from some_product)",
    "customer_id": "(select min(customer_id) from some_person)",
    "merged_into": "(select max(customer_id) from some_person)",
}
# A later touch is to stay one that counts.
_KEPT = frozenset({("marketing.touches", "status"), ("marketing.touches", "is_control")})


def cut(raw: Path, target: Path, contract: Contract, day: str) -> None:
    """Write raw data as they were when `day` began: nothing of it or later is left.

    Args:
        raw: raw location, a folder.
        target: the new raw location.
        contract: the raw contract.
        day: ISO date, in UTC.
    """
    _write(raw, target, contract, lambda file: _Rows(file, _start_of(day)).cut())


def alter(raw: Path, target: Path, contract: Contract, day: str) -> None:
    """Write raw data in which what happened or became known on `day` or later is another thing.

    Amounts are a million times as large, outcomes flipped, events given to another person and
    product, open things closed, people merged, deleted and objecting. Cells whose past nobody knows
    are altered throughout.

    Args:
        raw: raw location, a folder.
        target: the new raw location.
        contract: the raw contract.
        day: ISO date, in UTC.
    """
    _write(raw, target, contract, lambda file: _Rows(file, _start_of(day)).altered())


def _start_of(day: str) -> str:
    return f"timestamp '{day} 00:00:00'"


def _write(raw: Path, target: Path, contract: Contract, query: Callable[[RawFile], str]) -> None:
    files = raw_files(raw, contract)
    with connect() as connection:
        _answer_across_files(connection, files_by_table(files), files)
        rewrite(files, target, query, connection)


def _answer_across_files(
    connection: duckdb.DuckDBPyConnection,
    tables: dict[str, list[RawFile]],
    files: list[RawFile],
) -> None:
    """Tables for what one file cannot answer."""
    people = " union ".join(
        f"select {file.text(file.table.person)} as customer_id from {file.reader}"
        for file in files
        if file.table.person
    )
    connection.execute(f"create table some_person as {people}")
    products = [
        f"select {file.text('product_id')} as product_id from {file.reader}"
        for file in tables.get("sales.products", [])
    ]
    products.append("select 'altered' as product_id")
    connection.execute(f"create table some_product as {' union '.join(products)}")
    for name, table, key, time in (
        ("first_orders", "sales.orders", "order_id", "ordered_at"),
        ("first_versions", "crm.customers", "customer_id", "updated_at"),
    ):
        dated = [
            f"select {file.text(key)} as {key}, {file.utc(time)} as {time} from {file.reader} "
            f"where {file.is_readable}"
            for file in tables.get(table, [])
            if time in file.types
        ]
        dated.append(f"select '' as {key}, timestamp '1990-01-01' as {time}")
        connection.execute(
            f"create table {name} as select {key}, min({time}) as {time} "
            f"from ({' union all '.join(dated)}) group by {key}"
        )


@dataclass(frozen=True)
class _Rows:
    """The rows of one file at a moment, given as SQL."""

    file: RawFile
    moment: str

    def cut(self) -> str:
        cells = [f'{self._cut_cell(name)} as "{name}"' for name in self.file.types]
        return (
            f"select {', '.join(cells)} from {self.file.reader} "
            f"where not {self._is_later} or {self._is_first_of_a_known_person}"
        )

    def altered(self) -> str:
        cells = [f'{self._altered_cell(name)} as "{name}"' for name in self.file.types]
        return f"select {', '.join(cells)} from {self.file.reader}" + self._new_versions()

    @property
    def _is_later(self) -> str:
        """Condition of a row that happened, or was written, at the moment or later."""
        table, readable = self.file.table, self.file.is_readable
        if table.full_name == "marketing.campaigns":
            # A campaign is known from its first day on, that day included.
            return f"({readable} and {self.file.utc('start_date')} > {self.moment})"
        if table.full_name == "sales.order_lines":
            later = f"select order_id from first_orders where ordered_at >= {self.moment}"
            return f"({readable} and {self.file.text('order_id')} in ({later}))"
        time = table.event_at or table.changes_at
        if time is None or time not in self.file.types:
            return "false"
        return f"({readable} and coalesce({self.file.utc(time)} >= {self.moment}, false))"

    @property
    def _is_first_of_a_known_person(self) -> str:
        """Condition of the first version of a person who was there before the moment."""
        if self.file.table.full_name != "crm.customers" or "created_at" not in self.file.types:
            return "false"
        return (
            f"(coalesce({self.file.utc('created_at')} < {self.moment}, false) "
            f"and ({self.file.text('customer_id')}, {self.file.utc('updated_at')}) "
            "in (select customer_id, updated_at from first_versions))"
        )

    def _column(self, name: str) -> Column | None:
        return next((c for c in self.file.table.columns if c.name == name), None)

    def _cut_cell(self, name: str) -> str:
        column, cell = self._column(name), f'"{name}"'
        if column is None:
            return cell
        if column.known_at in self.file.types:
            before = "'completed'" if name == "status" else "null"
            cell = (
                f"case when {self._is_known_later(column, 'false')} then {before} else {cell} end"
            )
        if self.file.table.full_name == "crm.customers" and "created_at" in self.file.types:
            if column.name == self.file.table.changes_at:
                early = '"created_at"'
            else:
                early = cell if column.required or column.past == "stable" else "null"
            cell = f"case when {self._is_later} then {early} else {cell} end"
        return cell

    def _is_known_later(self, column: Column, when_open: str) -> str:
        known = self.file.utc(str(column.known_at))
        return f"({self.file.is_readable} and coalesce({known} >= {self.moment}, {when_open}))"

    def _altered_cell(self, name: str) -> str:
        column, cell = self._column(name), f'"{name}"'
        table = self.file.table
        if column is None or (column.past in {"stable", "arrival"} and name != table.changes_at):
            return cell
        if (table.full_name, name) in _KEPT:
            return cell
        otherwise = cell
        if column.known_at in self.file.types:
            known_later = self._is_known_later(column, "true")
            otherwise = f"case when {known_later} then {self._known_later(column)} else {cell} end"
        elif self._has_no_known_past(column):
            readable = self.file.is_readable
            otherwise = f"case when {readable} then {self._other_value(column)} else {cell} end"
        return f"case when {self._is_later} then {self._other_cell(column)} else {otherwise} end"

    def _has_no_known_past(self, column: Column) -> bool:
        table = self.file.table
        is_undated = table.changes_at is not None and table.changes_at not in self.file.types
        return column.past == "unknown" or (is_undated and column.name not in table.key)

    def _other_cell(self, column: Column) -> str:
        """Another cell for a later row, which stays later and keeps its key."""
        table, key = self.file.table, self.file.text(self.file.table.key[0])
        if column.name == table.changes_at:
            return self._typed(column, f"{self.file.utc(column.name)} + interval 1 hour")
        if column.name in {table.event_at, column.known_at}:
            return self._typed(column, f"{self.file.utc(column.name)} + interval 36 hour")
        if column.name in table.key or column.name == "start_date":
            return f'"{column.name}"'
        if column.name == table.person:
            other = _OTHER_TEXT["customer_id"]
            return f'case when hash({key}) % 2 = 0 then {other} else "customer_id" end'
        return self._other_value(column)

    def _known_later(self, column: Column) -> str:
        """What became known later says another thing, and what was open is closed."""
        if column.name != column.known_at:
            return self._other_value(column)
        known = self.file.utc(column.name)
        return self._typed(
            column,
            f"case when {known} is null then {self.moment} + interval 5 day "
            f"when hash({self.file.text(self.file.table.key[0])}) % 2 = 0 then {self.moment} "
            f"else {known} + interval 40 day end",
        )

    def _other_value(self, column: Column) -> str:
        cell = self.file.text(column.name)
        match column.data_type:
            case "text":
                other = _OTHER_TEXT.get(column.name, "'altered'").format(cell=cell)
            case "decimal":
                highest = column.maximum or "9e8"
                other = f"least(cast({cell} as decimal(38, 4)) * 1000000, {highest})"
            case "integer":
                other = f"cast({cell} as bigint) + 1"
            case "boolean":
                other = f"not coalesce(cast({cell} as boolean), false)"
            case _:
                other = f"cast({self.moment} as date) + 2"
        return self._typed(column, other)

    def _new_versions(self) -> str:
        """Two days later each person is written anew: merged, deleted, objecting."""
        table = self.file.table
        if table.changes_at not in self.file.types:
            return ""
        written = self.file.utc(str(table.changes_at))
        cells = []
        for name in self.file.types:
            column = table.column(name)
            if name == table.changes_at:
                cell = self._typed(column, f"{self.moment} + interval 2 day")
            elif name in table.key or column.past == "stable":
                cell = f'"{name}"'
            elif name == "deleted_at":
                cell = self._typed(column, self.moment)
            else:
                cell = self._other_value(column)
            cells.append(f'{cell} as "{name}"')
        return (
            f" union all select {', '.join(cells)} from {self.file.reader} "
            f"where {self.file.is_readable} and {written} < {self.moment}"
        )

    def _typed(self, column: Column, value: str) -> str:
        return f"cast({value} as {self.file.types[column.name]})"
