"""`sales.orders` and `sales.order_lines`, with corrections, late rows and faults."""

from dataclasses import dataclass
from random import Random
from typing import Final

from scoring.sample.baskets import Basket
from scoring.sample.draft import Cell, Draft, Row
from scoring.sample.faults import (
    LATER,
    NO_ORDER,
    NO_RATE,
    NOT_A_RETURN,
    NULL,
    OUT_OF_RANGE,
    Fault,
    not_a,
    spoil,
)
from scoring.sample.timeline import FIRST_DAY, LAST_DAY, chance, later, money, stamp

ORDERS: Final = (
    "order_id", "customer_id", "ordered_at", "amount", "currency", "channel", "status",
    "status_at", "discount_amount", "coupon_amount",
)  # fmt: skip
ORDER_LINES: Final = (
    "order_id", "line_number", "product_id", "quantity", "unit_price", "net_amount",
    "discount_amount", "coupon_amount",
)  # fmt: skip
LAST_FILE: Final = "2025-06.csv"
LATE_MONTH: Final = "2025-03.csv"
AWKWARD_PLACE: Final = 75
AWKWARD_ORDER: Final = 'O"7,5"'


@dataclass(frozen=True)
class Sales:
    """The drafted tables, and what other tables refer to.

    Attributes:
        orders: `sales.orders`.
        lines: `sales.order_lines`.
        kept: Accepted orders as first delivered, each with its basket.
        groups: Keys of orders by what was planted on them.
    """

    orders: Draft
    lines: Draft
    kept: list[tuple[Row, Basket]]
    groups: dict[str, tuple[str, ...]]


def draft_sales(seed: int, baskets: list[Basket]) -> Sales:
    """Draft orders and their lines.

    Args:
        seed: Seed of the generator.
        baskets: What was bought, in order of time.

    Returns:
        Both tables and what is known of their orders.
    """
    rng = Random(f"sales {seed}")
    orders = Draft("sales.orders", ORDERS, may_be_anonymous=True)
    lines = Draft("sales.order_lines", ORDER_LINES)
    delivered: list[tuple[Row, Basket]] = []
    for number, basket in enumerate(baskets, start=1):
        order = _add_order(rng, orders, number, basket)
        delivered.append((order, basket))
        _add_lines(lines, order, basket)
    kept = [(row, basket) for row, basket in delivered if row.status == "accepted"]
    groups = _plant_orders(orders, [row for row, _ in kept])
    _spoil_orders(orders, [row for row, _ in kept])
    _plant_lines(lines)
    return Sales(orders, lines, kept, groups)


def _add_order(rng: Random, orders: Draft, number: int, basket: Basket) -> Row:
    person, ordered_at = basket.person, basket.ordered_at
    order_id = AWKWARD_ORDER if number == AWKWARD_PLACE else f"O{number:05d}"
    may_be_nobody = person.role == "buyer" and number != AWKWARD_PLACE
    cancelled_at = later(rng, ordered_at, 1, 6) if chance(rng, 0.04) else None
    currency = None if person.currency == "USD" and chance(rng, 0.03) else person.currency
    # The first and the last day of the sample rest on orders, which must be kept.
    is_edge = ordered_at.date() in (FIRST_DAY, LAST_DAY)
    cells: dict[str, Cell] = {
        "order_id": order_id,
        "customer_id": None
        if may_be_nobody and not is_edge and chance(rng, 0.03)
        else person.customer_id,
        "ordered_at": stamp(ordered_at),
        "amount": money(basket.net),
        "currency": currency,
        "channel": basket.channel,
        "status": "cancelled" if cancelled_at and not basket.is_return else "completed",
        "status_at": stamp(cancelled_at),
        "discount_amount": money(sum(line.discount for line in basket.lines)),
        "coupon_amount": money(sum(line.coupon for line in basket.lines)),
    }
    return orders.add(f"{ordered_at:%Y-%m}.csv", cells)


def _add_lines(lines: Draft, order: Row, basket: Basket) -> None:
    for number, line in enumerate(basket.lines, start=1):
        cells: dict[str, Cell] = {
            "order_id": order.cells["order_id"],
            "line_number": number,
            "product_id": line.product_id,
            "quantity": line.quantity,
            "unit_price": money(line.price),
            "net_amount": money(line.net),
            "discount_amount": money(line.discount),
            "coupon_amount": money(line.coupon),
        }
        lines.add(order.file, cells)


def _plant_orders(orders: Draft, kept: list[Row]) -> dict[str, tuple[str, ...]]:
    """Duplicates, corrections and late rows among the accepted orders of early 2024."""
    orders.repeat(kept[10])
    for row in kept[50:52]:
        orders.repeat(row, "2024-08.csv")

    corrected = kept[100:104]
    for row in corrected:
        orders.correct(row, "2024-09.csv", amount="77.70")

    there_and_back = kept[105]
    detour = orders.correct(there_and_back, "2024-09.csv", amount="12.34")
    orders.correct(detour, "2024-10.csv", amount=there_and_back.cells["amount"])
    there_and_back.status = "exact_duplicate"

    twice_then_corrected = kept[106]
    orders.repeat(twice_then_corrected).status = "superseded"
    orders.correct(twice_then_corrected, "2024-09.csv", amount="88.80")

    completed = [row for row in kept[110:140] if row.cells["status"] == "completed"]
    cancelled_later = [row for row in completed if not _is_negative(row)][:5]
    for row in cancelled_later:
        orders.correct(row, "2024-11.csv", status="cancelled", status_at="2024-11-04 10:00:00")

    late = [row for row in kept if row.file == LATE_MONTH][5:8]
    for row in late:
        row.file = LAST_FILE
    return {
        "corrected_orders": _keys([*corrected, twice_then_corrected]),
        "orders_corrected_back": _keys([there_and_back]),
        "orders_cancelled_later": _keys(cancelled_later),
        "late_orders": _keys(late),
    }


def _spoil_orders(orders: Draft, kept: list[Row]) -> None:
    faults: tuple[Fault, ...] = (
        ("order_id", None, NULL),
        ("amount", None, NULL),
        ("ordered_at", "2026-02-30 10:00:00", not_a("timestamp")),
        ("ordered_at", "03/04/2025", not_a("timestamp")),
        ("ordered_at", "1970-01-01 00:00:00", OUT_OF_RANGE),
        ("ordered_at", "2099-12-31 00:00:00", LATER),
        ("amount", "NaN", not_a("decimal")),
        ("amount", "inf", not_a("decimal")),
        ("amount", "twelve", not_a("decimal")),
        ("amount", "2000000000.00", OUT_OF_RANGE),
        ("status_at", "2099-06-01 00:00:00", LATER),
        ("discount_amount", "-5.00", OUT_OF_RANGE),
        ("currency", "XXX", NO_RATE),
        ("currency", "XXX", NO_RATE),
        ("currency", "XXX", NO_RATE),
    )
    spoil(orders, kept[200::40], faults, key="order_id")
    two_faults: dict[str, Cell] = {"order_id": "O-two", "ordered_at": None, "amount": "abc"}
    orders.reject("2024-07.csv", {**kept[300].cells, **two_faults}, NULL)
    # A correction that cannot be read leaves the row that it meant to replace in force.
    orders.reject("2024-12.csv", {**kept[150].cells, "amount": "abc"}, not_a("decimal"))


def _plant_lines(lines: Draft) -> None:
    """Duplicates, corrections and faults among the lines of 2024."""
    good = list(lines.rows)
    lines.repeat(good[30])
    for row in good[31:33]:
        lines.repeat(row, "2024-08.csv")
    for row in [row for row in good[60:90] if not _is_negative(row, "net_amount")][:3]:
        lines.correct(row, "2024-08.csv", net_amount="1.00")

    faults: tuple[Fault, ...] = (
        ("order_id", None, NULL),
        ("line_number", None, NULL),
        ("net_amount", None, NULL),
        ("line_number", "1.5", not_a("integer")),
        ("line_number", "-1", OUT_OF_RANGE),
        ("unit_price", "-3.00", OUT_OF_RANGE),
        ("net_amount", "NaN", not_a("decimal")),
        ("net_amount", "inf", not_a("decimal")),
        ("quantity", "two", not_a("decimal")),
        ("quantity", "-inf", not_a("decimal")),
        ("order_id", "O90001", NO_ORDER),
        ("order_id", "O90002", NO_ORDER),
        ("order_id", "O90003", NO_ORDER),
        ("order_id", "O90004", NO_ORDER),
    )
    spoil(lines, good[200::120], faults)
    for place, row in enumerate(good[400:403]):
        fee: dict[str, Cell] = {**row.cells, "line_number": 50 + place, "net_amount": "-4.00"}
        lines.reject(row.file, {**fee, "quantity": 1}, NOT_A_RETURN)
        lines.add(row.file, {**fee, "line_number": 60 + place, "quantity": None})


def _is_negative(row: Row, column: str = "amount") -> bool:
    return str(row.cells[column]).startswith("-")


def _keys(rows: list[Row]) -> tuple[str, ...]:
    return tuple(str(row.cells["order_id"]) for row in rows)
