"""Rows on their way: with the time at which each was loaded, and what becomes known later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scoring.simulate.columns import DAY, TYPES, times

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from scoring.contract import Table
    from scoring.simulate.columns import Bools, Ints
    from scoring.simulate.plan import Plan


@dataclass(frozen=True)
class Delivery:
    """Good rows of one table.

    Attributes:
        table: the table in the contract.
        rows: its columns, `_loaded_at` among them.
        loaded: when each row was loaded, seconds since 1970.
        is_single: rows whose key comes once.
        later: newer versions of some of the rows, which take their place.
    """

    table: Table
    rows: pa.Table
    loaded: Ints
    is_single: Bools
    later: tuple[pa.Table, Ints] | None = None


def deliver(
    table: Table,
    columns: Mapping[str, pa.Array],
    loaded: Ints,
    is_single: Bools | None = None,
) -> Delivery:
    """Put columns in the order of the contract; further ones come last."""
    single = np.ones(len(loaded), dtype=bool) if is_single is None else is_single
    return Delivery(table, as_rows(table, {**columns, "_loaded_at": times(loaded)}), loaded, single)


def deliver_known_later(
    plan: Plan,
    table: Table,
    columns: Mapping[str, pa.Array],
    loaded: Ints,
    *,
    known: Ints,
    before: Mapping[str, str | None],
) -> Delivery:
    """Deliver rows of which some cells become known after the event.

    What is known after a row was loaded comes as a newer version at the end of that day; what is
    known after the period is not delivered.

    Args:
        plan: the simulation.
        table: the table in the contract.
        columns: cells of the whole story.
        loaded: when the first version was loaded.
        known: when the cells in `before` became known, negative where never.
        before: what these columns hold until then.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    is_known = (known >= 0) & (known < plan.end_second)
    is_later = is_known & (known > loaded)
    has_blank = pa.array(is_later | ~is_known)
    first = dict(columns)
    for name, text in before.items():
        kind = TYPES[table.column(name).data_type]
        first[name] = pc.if_else(has_blank, pa.scalar(text, kind), columns[name])
    delivery = deliver(table, first, loaded, ~is_later)
    again = np.flatnonzero(is_later)
    loaded_again = (known[again] // DAY + 1) * DAY - 1
    whole = as_rows(table, {**columns, "_loaded_at": times(loaded)}).take(pa.array(again))
    place = whole.schema.get_field_index("_loaded_at")
    whole = whole.set_column(place, "_loaded_at", times(loaded_again))
    return Delivery(table, delivery.rows, loaded, delivery.is_single, (whole, loaded_again))


def as_rows(table: Table, columns: Mapping[str, pa.Array]) -> pa.Table:
    """A table with the contract's columns in its order, then any others."""
    import pyarrow as pa

    order = [column.name for column in table.columns]
    names = order + [name for name in columns if name not in order]
    return pa.table({name: columns[name] for name in names})
