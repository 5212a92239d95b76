"""`finance.invoices`, `finance.loans` and `outcomes.events`."""

from datetime import timedelta
from random import Random
from typing import Final

from scoring.sample.baskets import Basket
from scoring.sample.draft import Cell, Draft, Row
from scoring.sample.faults import LATER, NO_RATE, NULL, OUT_OF_RANGE, Fault, not_a, spoil
from scoring.sample.people import Person, Population
from scoring.sample.timeline import DAY_COUNT, chance, day_at, later, moment, money, stamp

INVOICES: Final = (
    "invoice_id", "customer_id", "issued_at", "due_date", "amount", "currency", "paid_at",
    "order_id",
)  # fmt: skip
LOANS: Final = (
    "loan_id", "customer_id", "started_at", "amount", "currency", "term_months", "collateral_kind",
    "collateral_value", "defaulted_at",
)  # fmt: skip
EVENTS: Final = ("event_id", "customer_id", "outcome_name", "occurred_at", "amount", "currency")
FIRST_FILE: Final = "2024.csv"
SECOND_FILE: Final = "2025.csv"


def draft_invoices(seed: int, orders: list[tuple[Row, Basket]]) -> Draft:
    """Draft invoices: paid in time, late or never, as the person is inclined.

    Args:
        seed: Seed of the generator.
        orders: Accepted orders, each with its basket.

    Returns:
        The drafted table.
    """
    rng = Random(f"invoices {seed}")
    draft = Draft("finance.invoices", INVOICES)
    billed = [
        (row, basket)
        for row, basket in orders
        if basket.channel != "store" and basket.net > 0 and chance(rng, 0.3)
    ]
    for number, (row, basket) in enumerate(billed, start=1):
        _add_invoice(rng, draft, number, row, basket)
    _plant_invoices(draft)
    return draft


def _add_invoice(rng: Random, draft: Draft, number: int, order: Row, basket: Basket) -> None:
    issued_at = basket.ordered_at + timedelta(minutes=5)
    earliest, latest = {"prompt": (2, 29), "late": (25, 90), "never": (400, 900)}[
        basket.person.payment
    ]
    cells: dict[str, Cell] = {
        "invoice_id": f"INV{number:04d}",
        "customer_id": order.cells["customer_id"],
        "issued_at": stamp(issued_at),
        "due_date": (issued_at + timedelta(days=30)).date().isoformat(),
        "amount": money(basket.net),
        "currency": order.cells["currency"],
        "paid_at": stamp(later(rng, issued_at, earliest, latest)),
        "order_id": order.cells["order_id"],
    }
    draft.add(f"{issued_at.year}.csv", cells)


def _plant_invoices(draft: Draft) -> None:
    old = [row for row in draft.rows if row.file == FIRST_FILE]
    # Delivered open at first, paid in the later file.
    for row in [row for row in old if row.cells["paid_at"]][:6]:
        paid_at = row.cells["paid_at"]
        row.cells["paid_at"] = None
        draft.correct(row, SECOND_FILE, paid_at=paid_at)
    draft.repeat(old[-1])
    draft.repeat(old[-2], SECOND_FILE)
    # Nothing is left of this key: the later delivery is rejected and replaces the earlier one.
    replaced = old[-3]
    replaced.status = "superseded"
    draft.reject(SECOND_FILE, {**replaced.cells, "currency": "XXX"}, NO_RATE)
    faults: tuple[Fault, ...] = (
        ("invoice_id", None, NULL),
        ("amount", "1,234.50", not_a("decimal")),
        ("due_date", "2099-12-31", OUT_OF_RANGE),
        ("due_date", None, NULL),
        ("paid_at", "2099-12-31 00:00:00", LATER),
        ("currency", "XXX", NO_RATE),
    )
    spoil(draft, old[20::9], faults, key="invoice_id")


def draft_loans(seed: int, population: Population) -> Draft:
    """Draft loans, some with collateral, some in default.

    Args:
        seed: Seed of the generator.
        population: Everybody; one buyer in seven borrows.

    Returns:
        The drafted table.
    """
    rng = Random(f"loans {seed}")
    draft = Draft("finance.loans", LOANS)
    for number, person in enumerate(population.of_role("buyer")[::7], start=1):
        draft.add(".csv", _loan(rng, number, person))
    draft.repeat(draft.rows[2])
    faults: tuple[Fault, ...] = (
        ("amount", "-2500.00", OUT_OF_RANGE),
        ("term_months", "36.5", not_a("integer")),
        ("started_at", None, NULL),
        ("currency", "XXX", NO_RATE),
    )
    spoil(draft, draft.rows[5:], faults, key="loan_id")
    return draft


def _loan(rng: Random, number: int, person: Person) -> dict[str, Cell]:
    started_at = moment(rng, day_at(rng.randrange(DAY_COUNT - 150)))
    amount = rng.randrange(10, 400) * 100_000
    kind = rng.choice(("property", "vehicle", "deposit", "none", "none"))
    risk = {"prompt": 0.05, "late": 0.5, "never": 0.9}[person.payment]
    defaulted_at = later(rng, started_at, 60, 300) if chance(rng, risk) else None
    return {
        "loan_id": f"LN{number:03d}",
        "customer_id": person.customer_id,
        "started_at": stamp(started_at),
        "amount": money(amount),
        "currency": person.currency,
        "term_months": rng.choice((24, 36, 60, 120, 240)),
        "collateral_kind": kind,
        "collateral_value": None
        if kind == "none"
        else money(amount * rng.randrange(40, 150) // 100),
        "defaulted_at": stamp(defaulted_at),
    }


def draft_events(seed: int, population: Population) -> Draft:
    """Draft `outcomes.events`: contracts renewed and accounts opened.

    Args:
        seed: Seed of the generator.
        population: Everybody; one person in four has an event.

    Returns:
        The drafted table.
    """
    rng = Random(f"events {seed}")
    draft = Draft("outcomes.events", EVENTS)
    people = [p for p in population.of_role("buyer", "prospect") if chance(rng, 0.25)]
    for number, person in enumerate(people, start=1):
        renewed = chance(rng, 0.6)
        cells: dict[str, Cell] = {
            "event_id": f"E{number:04d}",
            "customer_id": person.customer_id,
            "outcome_name": "contract_renewed" if renewed else "account_opened",
            "occurred_at": stamp(moment(rng, day_at(rng.randrange(DAY_COUNT)))),
            "amount": money(rng.randrange(5000, 90000)) if renewed else None,
            "currency": person.currency if renewed else None,
        }
        draft.add(".csv", cells)
    draft.repeat(draft.rows[1])
    with_amount = [row for row in draft.rows if row.cells["amount"]]
    faults: tuple[Fault, ...] = (
        ("outcome_name", None, NULL),
        ("occurred_at", "2099-01-01 00:00:00", LATER),
        ("currency", "XXX", NO_RATE),
    )
    spoil(draft, with_amount[4:], faults, key="event_id")
    return draft
