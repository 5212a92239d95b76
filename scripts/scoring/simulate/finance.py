"""Invoices and loans: paid late or never, and in default, by risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scoring.simulate.agreements import draw_calls
from scoring.simulate.columns import DAY, amounts, dates, draw, keys, pick, plain, same, times
from scoring.simulate.delivery import Delivery, deliver_known_later
from scoring.simulate.sales import MOST_ORDERS

if TYPE_CHECKING:
    from scoring.contract import Table
    from scoring.simulate.block import Block
    from scoring.simulate.columns import Bools, Floats, Ints
    from scoring.simulate.sales import Orders

_DAYS_TO_PAY = 30
_DAYS_BETWEEN_INSTALMENTS = 30
_UNPAID, _UNPAID_CALLS = 0.03, 0.015
"""Share of invoices that a middling person leaves unpaid; a home is paid for before the rest."""
_FIRST_CALL = 6_000
"""Places of calls in the keys of invoices, after those of instalments."""
_TERMS = (12, 24, 36, 48, 60, 120, 240)


@dataclass(frozen=True)
class Loans:
    """Loans of a block, at most one a person; amounts in cents, times in seconds since 1970.

    Attributes:
        person: place of the person in the block.
        began: when it was paid out.
        amount: what was lent.
        term: months.
        kind: place of the kind of collateral.
        collateral: value of the collateral; 0 where there is none.
        ended: when it was repaid or fell into default.
        is_default: it fell into default.
    """

    person: Ints
    began: Ints
    amount: Ints
    term: Ints
    kind: Ints
    collateral: Ints
    ended: Ints
    is_default: Bools


def default_rate(risk: Floats) -> Floats:
    """Defaults a year of loan, by risk."""
    return np.asarray(0.03 * np.exp(1.1 * risk))


def draw_loans(block: Block) -> Loans:
    """Loans that begin in the period; repayment or default, what comes first, ends one."""
    plan, people = block.plan, block.people
    rng = block.stream("loans")
    count = len(people)
    began = plan.start_second + rng.integers(0, plan.days * DAY, count)
    has_loan = (rng.random(count) < plan.sector.loan_share) & (people.created < began)
    who = np.flatnonzero(has_loan)
    count, began = len(who), began[who]
    size = plan.sector.loan_amount * np.exp(0.5 * rng.standard_normal(count)) * 100
    amount = np.rint(size).astype(np.int64)
    kind = draw(rng, [weight for _, weight in plan.sector.collateral], count)
    kinds = [name for name, _ in plan.sector.collateral]
    cover = rng.uniform(0.6, 1.6, count) * (kind != kinds.index("none"))
    years = rng.exponential(1, count) / default_rate(people.risk[who])
    defaulted = began + ((30 + 365 * years).clip(max=9_000) * DAY).astype(np.int64)
    term = np.asarray(_TERMS)[rng.integers(0, len(_TERMS), count)]
    # Some pay back early.
    closed = began + ((term * 30.4 * rng.uniform(0.2, 1, count)) * DAY).astype(np.int64)
    return Loans(
        person=who,
        began=began,
        amount=amount,
        term=term,
        kind=kind,
        collateral=np.rint(amount * cover).astype(np.int64),
        ended=np.minimum(defaulted, closed),
        is_default=defaulted < closed,
    )


def deliver_invoices(block: Block, orders: Orders, loans: Loans, table: Table) -> Delivery:
    """The rows of `finance.invoices`: of orders, instalments of loans, and calls of agreements.

    A payment comes as a newer version.
    """
    plan, people = block.plan, block.people
    rng = block.stream("invoices")
    lot = rng.random(len(orders.person))
    billed = np.flatnonzero(
        (lot < plan.sector.invoice_share)
        & ~orders.is_return
        & ~orders.is_anonymous
        & (orders.cancelled_at < 0)
    )
    loan, number = _instalments(block, loans)
    calls = draw_calls(block)
    person = np.concatenate((orders.person[billed], loans.person[loan], calls.person))
    place = np.concatenate((orders.place[billed], MOST_ORDERS + number, _FIRST_CALL + calls.number))
    asked = loans.began[loan] + number * _DAYS_BETWEEN_INSTALMENTS * DAY
    issued = np.concatenate((orders.second[billed], asked, calls.issued))
    instalment = loans.amount[loan] // loans.term[loan]
    amount = np.concatenate((orders.amount[billed], instalment, calls.amount))
    # Loans and agreements are in the first currency, that of the company.
    currency = np.zeros(len(person), dtype=np.int64)
    currency[: len(billed)] = orders.currency_of_person[orders.person[billed]]
    order = np.zeros(len(person), dtype=np.int64)
    order[: len(billed)] = billed
    is_order = np.arange(len(person)) < len(billed)
    is_call = np.arange(len(person)) >= len(billed) + len(loan)
    risk = people.risk[person]
    due = issued // DAY + _DAYS_TO_PAY
    count = len(person)
    late = rng.normal(-8, 6, count) + rng.exponential(1, count) * 7 * np.exp(0.9 * risk)
    paid = ((due + late.clip(min=-_DAYS_TO_PAY + 1)) * DAY).astype(np.int64) + 40_000
    is_paid = rng.random(count) > np.where(is_call, _UNPAID_CALLS, _UNPAID) * np.exp(1.2 * risk)
    columns: dict[str, Any] = {
        "invoice_id": keys("V", people.numbers[person] * 10_000 + place, 13),
        "customer_id": pick(people.keys, person),
        "issued_at": times(issued),
        "due_date": dates(due),
        "amount": amounts(amount),
        "currency": pick(orders.currencies, currency),
        "paid_at": times(paid, is_paid),
        "order_id": pick(orders.keys, order, is_order),
    }
    loaded = plan.delivered_at_random(issued, rng)
    known = np.where(is_paid, paid, -1)
    return deliver_known_later(plan, table, columns, loaded, known=known, before={"paid_at": None})


def deliver_loans(block: Block, loans: Loans, table: Table) -> Delivery:
    """The rows of `finance.loans`: begun in the period, in default or repaid within it or not."""
    plan, people = block.plan, block.people
    kinds = [name for name, _ in plan.sector.collateral]
    columns: dict[str, Any] = {
        "loan_id": keys("N", people.numbers[loans.person], 9),
        "customer_id": pick(people.keys, loans.person),
        "started_at": times(loans.began),
        "amount": amounts(loans.amount),
        "currency": same(plan.sector.currencies[0][0], len(loans.person)),
        "term_months": plain(loans.term),
        "collateral_kind": pick(kinds, loans.kind),
        "collateral_value": amounts(loans.collateral, loans.kind != kinds.index("none")),
        "defaulted_at": times(loans.ended, loans.is_default),
        "closed_at": times(loans.ended, ~loans.is_default),
    }
    loaded = plan.delivered_at_random(loans.began, block.stream("loans loaded"))
    before = {"defaulted_at": None, "closed_at": None}
    return deliver_known_later(plan, table, columns, loaded, known=loans.ended, before=before)


def _instalments(block: Block, loans: Loans) -> tuple[Ints, Ints]:
    """Which loans ask for an instalment in the period, and its number: the first is 1."""
    until = np.minimum(loans.ended, block.plan.end_second - 1)
    asked = (until - loans.began) // (_DAYS_BETWEEN_INSTALMENTS * DAY)
    # Keys leave room for those of forty years.
    asked = np.minimum(np.minimum(asked, loans.term), _FIRST_CALL - MOST_ORDERS - 1)
    loan = np.repeat(np.arange(len(loans.person)), asked)
    number = np.arange(len(loan)) - np.repeat(np.cumsum(asked) - asked, asked) + 1
    return loan, number
