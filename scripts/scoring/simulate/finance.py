"""Invoices and loans: paid late or never, and in default, by risk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from scoring.simulate.columns import DAY, amounts, dates, draw, keys, pick, plain, same, times
from scoring.simulate.delivery import Delivery, deliver_known_later

if TYPE_CHECKING:
    from scoring.contract import Table
    from scoring.simulate.block import Block
    from scoring.simulate.columns import Floats
    from scoring.simulate.sales import Orders

_DAYS_TO_PAY = 30
_TERMS = (12, 24, 36, 48, 60, 120, 240)


def default_rate(risk: Floats) -> Floats:
    """Defaults a year of loan, by risk."""
    return np.asarray(0.03 * np.exp(1.1 * risk))


def deliver_invoices(block: Block, orders: Orders, table: Table) -> Delivery:
    """The rows of `finance.invoices`; a payment comes as a newer version."""
    plan, people = block.plan, block.people
    rng = block.stream("invoices")
    lot = rng.random(len(orders.person))
    billed = np.flatnonzero(
        (lot < plan.sector.invoice_share)
        & ~orders.is_return
        & ~orders.is_anonymous
        & (orders.cancelled_at < 0)
    )
    risk = people.risk[orders.person[billed]]
    issued = orders.second[billed]
    due = issued // DAY + _DAYS_TO_PAY
    late = rng.normal(-8, 6, len(billed)) + rng.exponential(1, len(billed)) * 7 * np.exp(0.9 * risk)
    paid = ((due + late.clip(min=-_DAYS_TO_PAY + 1)) * DAY).astype(np.int64) + 40_000
    is_paid = rng.random(len(billed)) > 0.03 * np.exp(1.2 * risk)
    columns: dict[str, Any] = {
        "invoice_id": keys(
            "V", people.numbers[orders.person[billed]] * 10_000 + orders.place[billed], 13
        ),
        "customer_id": pick(people.keys, orders.person[billed]),
        "issued_at": times(issued),
        "due_date": dates(due),
        "amount": amounts(orders.amount[billed]),
        "currency": pick(orders.currencies, orders.currency_of_person[orders.person[billed]]),
        "paid_at": times(paid, is_paid),
        "order_id": orders.keys.take(pa.array(billed)),
    }
    loaded = plan.delivered_at_random(issued, rng)
    known = np.where(is_paid, paid, -1)
    return deliver_known_later(plan, table, columns, loaded, known=known, before={"paid_at": None})


def deliver_loans(block: Block, table: Table) -> Delivery:
    """The rows of `finance.loans`: begun in the period, in default or repaid within it or not."""
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
    is_secured = kind != kinds.index("none")
    cover = rng.uniform(0.6, 1.6, count)
    years = rng.exponential(1, count) / default_rate(people.risk[who])
    defaulted = began + ((30 + 365 * years).clip(max=9_000) * DAY).astype(np.int64)
    term = np.asarray(_TERMS)[rng.integers(0, len(_TERMS), count)]
    # Some pay back early; what ends first is what happens.
    closed = began + ((term * 30.4 * rng.uniform(0.2, 1, count)) * DAY).astype(np.int64)
    is_default = defaulted < closed
    columns: dict[str, Any] = {
        "loan_id": keys("N", people.numbers[who], 9),
        "customer_id": pick(people.keys, who),
        "started_at": times(began),
        "amount": amounts(amount),
        "currency": same(plan.sector.currencies[0][0], count),
        "term_months": plain(term),
        "collateral_kind": pick(kinds, kind),
        "collateral_value": amounts(np.rint(amount * cover).astype(np.int64), is_secured),
        "defaulted_at": times(defaulted, is_default),
        "closed_at": times(closed, ~is_default),
    }
    loaded = plan.delivered_at_random(began, rng)
    before = {"defaulted_at": None, "closed_at": None}
    known = np.minimum(defaulted, closed)
    return deliver_known_later(plan, table, columns, loaded, known=known, before=before)
