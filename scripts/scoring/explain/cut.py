"""Tables of the warehouse as they were when a day began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.warehouse import quoted

if TYPE_CHECKING:
    from datetime import date

    from scoring.contract import Table

_VERSIONS = "int_customer_versions"
_NEVER = "date '9999-12-31'"


def cut_at(
    cut: date | None, table: str, columns: list[str], contracted: Table | None
) -> tuple[list[str], list[str]]:
    """What to select of a table as if the day of the cut had just begun.

    Args:
        cut: the day; None for all that is known.
        table: name of the table.
        columns: its columns.
        contracted: the raw table that it is staged from; None for what is made from several.

    Returns:
        Expressions to select, and conditions that rows must meet.
    """
    chosen = {column: quoted(column) for column in columns}
    if cut is None:
        return list(chosen.values()), []
    conditions = []
    if table == _VERSIONS:
        # The first version stays: what never changes of it holds from before it was written.
        conditions.append(f"(known_date < date '{cut}' or is_first)")
        chosen["known_date"] = (
            f"case when known_date < date '{cut}' then known_date else {_NEVER} end as known_date"
        )
    elif contracted is not None:
        for name, known in _known_dates(contracted, columns).items():
            chosen[name] = (
                f"case when {quoted(known)} < date '{cut}' then {quoted(name)} end"
                f" as {quoted(name)}"
            )
        happened = _day_column(contracted.event_at or contracted.changes_at, columns)
        if happened:
            conditions.append(f"coalesce({quoted(happened)} < date '{cut}', true)")
    else:
        conditions += [
            f"{column} < date '{cut}'"
            for column in ("event_date", "known_date")
            if column in columns
        ]
    return list(chosen.values()), conditions


def _known_dates(table: Table, columns: list[str]) -> dict[str, str]:
    """Columns of a staged table that change after the event, with the day each was known."""
    known: dict[str, str] = {}
    for column in table.columns:
        day = _day_column(column.known_at, columns)
        if day is None:
            continue
        for name in (column.name, str(column.known_at), day):
            if name in columns:
                known[name] = day
    return known


def _day_column(moment: str | None, columns: list[str]) -> str | None:
    """The staged day of a raw time: `paid_at` is staged as `paid_date` too."""
    if moment is None:
        return None
    day = moment.removesuffix("_at") + "_date"
    return day if day in columns else None
