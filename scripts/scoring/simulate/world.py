"""One block of people with everything that they do, table by table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scoring.simulate.block import Block
from scoring.simulate.contacts import (
    deliver_feedback,
    deliver_interactions,
    deliver_leads,
    deliver_outcomes,
)
from scoring.simulate.finance import deliver_invoices, deliver_loans, draw_loans
from scoring.simulate.lines import deliver_lines
from scoring.simulate.marketing import (
    deliver_messages,
    deliver_responses,
    deliver_touches,
    draw_touches,
)
from scoring.simulate.people import calibrate, draw_people
from scoring.simulate.profiles import deliver_attributes, deliver_customers
from scoring.simulate.sales import are_customers, deliver_orders, draw_orders
from scoring.simulate.truth import truth_of

if TYPE_CHECKING:
    import pyarrow as pa

    from scoring.contract import Contract, Table
    from scoring.simulate.catalogue import Catalogue
    from scoring.simulate.delivery import Delivery
    from scoring.simulate.plan import Plan


def find_base_rate(plan: Plan, catalogue: Catalogue) -> float:
    """Orders a day of a middling customer that give the lines asked for, answers included."""
    if plan.tables != "all":
        return calibrate(plan, 0.0)
    people = draw_people(plan, 0, 1.0)
    touches = draw_touches(Block(plan, 0, catalogue, people))
    answerers = touches.person[touches.answered][are_customers(plan, people, touches)]
    orders = plan.sector.response_order_share / len(people)
    return calibrate(plan, float(np.sum(people.basket[answerers]) * orders))


def make_block(
    plan: Plan, number: int, base_rate: float, catalogue: Catalogue, contract: Contract
) -> tuple[list[Delivery], pa.Table]:
    """The good rows of a block of people, and the truth about them."""

    def table(name: str) -> Table:
        return contract.table(*name.split("."))

    block = Block(plan, number, catalogue, draw_people(plan, number, base_rate))
    touches = draw_touches(block) if plan.tables == "all" else None
    orders = draw_orders(block, touches)
    deliveries = [
        deliver_orders(block, orders, table("sales.orders")),
        deliver_lines(block, orders, table("sales.order_lines")),
    ]
    if touches is not None:
        loans = draw_loans(block)
        deliveries += [
            deliver_customers(block, table("crm.customers")),
            deliver_attributes(block, table("crm.customer_attributes")),
            deliver_interactions(block, touches, table("crm.interactions")),
            deliver_feedback(block, orders, table("crm.feedback")),
            deliver_leads(block, table("crm.leads")),
            deliver_touches(block, touches, table("marketing.touches")),
            deliver_messages(block, orders, table("marketing.touches")),
            deliver_responses(block, touches, orders, table("marketing.responses")),
            deliver_invoices(block, orders, loans, table("finance.invoices")),
            deliver_loans(block, loans, table("finance.loans")),
            deliver_outcomes(block, table("outcomes.events")),
        ]
    return deliveries, truth_of(block, touches)


def person_column(delivery: Delivery) -> pa.ChunkedArray | None:
    """The column that names the person, where it may be empty."""
    name = delivery.table.person
    if name is None or not delivery.table.column(name).nullable:
        return None
    return delivery.rows.column(name)
