"""What goes wrong with deliveries: rows that must be refused, repeated rows, corrections.

Each dirty row is an addition: a copy of a good row with one thing wrong. The good rows stay, so the
truth is not touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scoring.simulate.columns import DAY, TYPES, times

if TYPE_CHECKING:
    from collections import Counter

    from scoring.contract import Column, Table
    from scoring.simulate.columns import Ints
    from scoring.simulate.delivery import Delivery
    from scoring.simulate.plan import Plan

REFUSED_SHARE: Final = 0.5
"""Part of the dirt that must be refused; the rest is half repeated rows, half corrections."""
UNREADABLE: Final = {
    "integer": "2.5",
    "decimal": "12,50",
    "boolean": "maybe",
    "date": "2026-02-30",
    "timestamp": "03/04/2025 10:00",
}
"""For each type of the contract, a text that is none."""
_TOO_EARLY: Final = "1850-01-01"
_TOO_LATE: Final = ("2088-01-01", "later_than_delivery")
_TOO_LATE_FOR_ANY: Final = ("2095-01-01", "out_of_range")
_CORRECTED: Final = {
    "crm.customers": "city",
    "crm.interactions": "occurred_at",
    "crm.feedback": "given_at",
    "crm.leads": "amount",
    "crm.customer_attributes": "value",
    "marketing.campaigns": "campaign_name",
    "marketing.touches": "touched_at",
    "marketing.responses": "responded_at",
    "sales.orders": "amount",
    "sales.order_lines": "net_amount",
    "sales.products": "product_name",
    "sales.offers": "offer_name",
    "finance.invoices": "amount",
    "finance.loans": "amount",
    "outcomes.events": "occurred_at",
}
"""Column that a correction changes; never empty, never of the key."""


@dataclass(frozen=True)
class Fault:
    """One thing that may be wrong with a row.

    Attributes:
        reason: why the row must be refused.
        cells: what is wrong, by column.
        key_suffix: what makes its key differ from that of the good row.
        is_text: it can only be written in a file of text.
    """

    reason: str
    cells: dict[str, str | None]
    key_suffix: str = ""
    is_text: bool = False


@dataclass(frozen=True)
class Dirt:
    """Dirty rows of one table, with the times of loading, and those that only text can hold."""

    rows: tuple[tuple[pa.Table, Ints], ...]
    text: pa.Table | None


def faults_of(table: Table, *, with_text: bool = True) -> tuple[Fault, ...]:
    """Everything that the contract refuses in a row of the table."""
    faults = [fault for column in table.columns for fault in _column_faults(column)]
    if any(column.name == "currency" for column in table.columns):
        faults.append(Fault("currency_without_rate", {"currency": "XXX"}, key_suffix="X"))
    if table.full_name == "sales.order_lines":
        faults.append(Fault("line_without_order", {}, key_suffix="G"))
        cells: dict[str, str | None] = {"net_amount": "-1.5", "quantity": "1", "line_number": "900"}
        faults.append(Fault("negative_amount_without_return", cells))
    return tuple(fault for fault in faults if with_text or not fault.is_text)


def soil(plan: Plan, delivery: Delivery, rng: np.random.Generator, planted: Counter[str]) -> Dirt:
    """Make the dirty rows that go with good ones.

    Args:
        plan: the simulation.
        delivery: the good rows.
        rng: random numbers.
        planted: counts of refused rows by reason, of repeated and of corrected rows; added to.
    """
    table, count = delivery.table, len(delivery.loaded)
    wanted = int(rng.binomial(count, plan.dirt)) if count else 0
    if not wanted:
        return Dirt((), None)
    victims = rng.permutation(np.unique(rng.integers(0, count, wanted)))
    refused, repeated, corrected = np.split(
        victims,
        [round(len(victims) * REFUSED_SHARE), round(len(victims) * (1 + REFUSED_SHARE) / 2)],
    )
    repeated = repeated[delivery.is_single[repeated]]
    corrected = corrected[delivery.is_single[corrected]]
    parts = plan.parts(delivery.loaded[corrected])
    corrected = corrected[parts < plan.part_count]
    rows, text = _refused(delivery, refused, rng, planted, with_text=plan.tables == "all")
    if len(repeated):
        again = delivery.loaded[repeated] + rng.integers(0, 10, len(repeated)) * DAY
        rows.append(_loaded(delivery.rows, repeated, np.minimum(again, plan.end_second - 1)))
        planted["exact_duplicate"] += len(repeated)
    if len(corrected) and table.full_name in _CORRECTED:
        after = delivery.loaded[corrected] + rng.integers(31, 61, len(corrected)) * DAY
        copies, loaded = _loaded(delivery.rows, corrected, np.minimum(after, plan.end_second - 1))
        name = _CORRECTED[table.full_name]
        rows.append((_with(copies, name, _changed(copies.column(name))), loaded))
        planted["superseded"] += len(corrected)
    return Dirt(tuple(rows), text)


def _column_faults(column: Column) -> list[Fault]:
    name, kind = column.name, column.data_type
    faults = []
    if name == "_loaded_at":
        return []
    if column.required and not column.nullable:
        faults.append(Fault("null_in_required_column", {name: None}))
    if kind in {"date", "timestamp"}:
        late, reason = _TOO_LATE_FOR_ANY if column.may_be_future else _TOO_LATE
        faults += [Fault("out_of_range", {name: _TOO_EARLY}), Fault(reason, {name: late})]
    else:
        for limit, step in ((column.minimum, -1), (column.maximum, 1)):
            if limit is not None:
                faults.append(Fault("out_of_range", {name: str(int(limit) + step)}))
    if kind in UNREADABLE:
        faults.append(Fault(f"not_a_{kind}", {name: UNREADABLE[kind]}, is_text=True))
    return faults


def _refused(
    delivery: Delivery,
    victims: Ints,
    rng: np.random.Generator,
    planted: Counter[str],
    *,
    with_text: bool,
) -> tuple[list[tuple[pa.Table, Ints]], pa.Table | None]:
    table = delivery.table
    faults = faults_of(table, with_text=with_text)
    faults = tuple(fault for fault in faults if set(fault.cells) <= set(delivery.rows.column_names))
    kinds = rng.integers(0, len(faults), len(victims))
    typed: list[tuple[pa.Table, Ints]] = []
    texts: list[tuple[pa.Table, Ints]] = []
    for place, fault in enumerate(faults):
        chosen = victims[kinds == place]
        if not len(chosen):
            continue
        copies, loaded = _loaded(delivery.rows, chosen, delivery.loaded[chosen])
        if fault.is_text:
            copies = copies.cast(pa.schema([(one, pa.string()) for one in copies.column_names]))
        for name, text in fault.cells.items():
            cells = pa.repeat(pa.scalar(text, pa.string()), len(chosen))
            copies = _with(copies, name, cells)
        if fault.key_suffix:
            key = table.key[0]
            suffixed = pc.binary_join_element_wise(copies.column(key), fault.key_suffix, "")
            copies = _with(copies, key, suffixed)
        planted[f"rejected: {fault.reason}"] += len(chosen)
        (texts if fault.is_text else typed).append((copies, loaded))
    return typed, pa.concat_tables([rows for rows, _ in texts]) if texts else None


def _loaded(rows: pa.Table, places: Ints, loaded: Ints) -> tuple[pa.Table, Ints]:
    copies = rows.take(pa.array(places))
    if "_loaded_at" in copies.column_names:
        copies = _with(copies, "_loaded_at", times(loaded))
    return copies, loaded


def _with(rows: pa.Table, name: str, cells: Any) -> pa.Table:  # noqa: ANN401 - an Arrow column
    """The rows with other cells in a column, cast to its type."""
    place = rows.schema.get_field_index(name)
    return rows.set_column(place, name, pc.cast(cells, rows.schema.field(name).type))


def _changed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if column.type == TYPES["timestamp"]:
        return pc.subtract(column, pa.scalar(60_000_000, pa.duration("us")))
    if column.type == TYPES["decimal"]:
        return pc.add(column, pa.scalar(1, pa.decimal128(9, 4)))
    # A number stays the same number, a name gets another ending.
    return pc.binary_join_element_wise(column, "0", "")
