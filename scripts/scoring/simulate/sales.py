"""Orders: when people buy, where, what they bring back and what they cancel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from scoring.simulate.columns import (
    DAY,
    amounts,
    chance,
    draw,
    keys,
    pick,
    places_in_group,
    times,
)
from scoring.simulate.delivery import Delivery, deliver_known_later
from scoring.simulate.lines import Lines, draw_lines, store_keys
from scoring.simulate.people import NEVER

if TYPE_CHECKING:
    from scoring.contract import Table
    from scoring.simulate.block import Block
    from scoring.simulate.columns import Bools, Ints
    from scoring.simulate.marketing import Touches
    from scoring.simulate.people import People
    from scoring.simulate.plan import Plan

MOST_ORDERS: Final = 4_900
"""Orders that a person can have: keys leave room for so many."""


@dataclass(frozen=True)
class Events:
    """Purchases before anything is known of what was bought."""

    person: Ints
    second: Ints
    answer: Ints
    is_return: Bools


@dataclass(frozen=True)
class Orders:
    """Orders of a block, by delivery, person and time; amounts in cents.

    Attributes:
        person: place of the person in the block.
        place: place among the person's orders, from 0.
        second: when, seconds since 1970.
        loaded: when delivered.
        answer: answered touch that the order came with, as a place among the answers, or -1.
        is_return: goods that came back.
        is_anonymous: nobody was recognised.
        cancelled_at: when it was cancelled, or `NEVER`.
        keys: keys of the orders.
        currencies: names of currencies.
        currency_of_person: currency that each person pays in.
        store: place of the store.
        lines: lines of the orders.
        amount: net amount of the lines.
    """

    person: Ints
    place: Ints
    second: Ints
    loaded: Ints
    answer: Ints
    is_return: Bools
    is_anonymous: Bools
    cancelled_at: Ints
    keys: pa.Array
    currencies: tuple[str, ...]
    currency_of_person: Ints
    store: Ints
    lines: Lines
    amount: Ints


def draw_orders(block: Block, touches: Touches | None) -> Orders:
    """Draw the orders of a block with their lines."""
    plan, people = block.plan, block.people
    rng = block.stream("orders")
    events = _bought(plan, rng, people)
    if touches is not None:
        events = _answering(plan, rng, people, touches, events)
    events = _returned(plan, rng, events)
    loaded = plan.delivered_at_random(events.second, rng)
    by_time = np.lexsort((events.second, events.person))
    place = np.empty(len(by_time), dtype=np.int64)
    place[by_time] = places_in_group(events.person[by_time])
    # In the order of delivery, so that each file is one slice of the block.
    order = np.lexsort((place, events.person, plan.parts(loaded)))
    order = order[place[order] < MOST_ORDERS]
    person, second, count = events.person[order], events.second[order], len(order)
    answer, is_return = events.answer[order], events.is_return[order]
    is_cancelled = chance(rng, plan.sector.cancelled_share, count) & ~is_return
    after = (rng.exponential(3, count) * DAY).astype(np.int64) + 600
    lines = draw_lines(block, person, is_return, answer >= 0)
    weights = [weight for _, weight in plan.sector.currencies]
    return Orders(
        person=person,
        place=place[order],
        second=second,
        loaded=loaded[order],
        answer=answer,
        is_return=is_return,
        is_anonymous=chance(rng, plan.sector.anonymous_share, count),
        cancelled_at=np.where(is_cancelled, second + after, NEVER),
        keys=keys("O", people.numbers[person] * 10_000 + place[order], 13),
        currencies=tuple(name for name, _ in plan.sector.currencies),
        currency_of_person=draw(block.stream("currencies"), weights, len(people)),
        store=rng.integers(1, plan.sector.store_count + 1, count),
        lines=lines,
        amount=lines.per_order(lines.net),
    )


def are_customers(plan: Plan, people: People, touches: Touches) -> Bools:
    """Which answers came while the person was a customer: only those can come with an order."""
    answerer = touches.person[touches.answered]
    day = (touches.answered_at - plan.start_second) / DAY
    return (day > people.first_day[answerer]) & (day < people.last_day[answerer])


def deliver_orders(block: Block, orders: Orders, table: Table) -> Delivery:
    """The rows of `sales.orders`; a cancellation comes as a newer version."""
    plan, people, lines = block.plan, block.people, orders.lines
    rng = block.stream("orders written")
    count = len(orders.person)
    # Until two records of a person are merged, half of the orders are under the second one.
    is_second = (orders.second < people.merged_at[orders.person]) & chance(rng, 0.5, count)
    is_cancelled = orders.cancelled_at >= 0
    channels = draw(rng, [weight for _, weight in plan.sector.channels], count)
    names = [name for name, _ in plan.sector.channels]
    columns: dict[str, Any] = {
        "order_id": orders.keys,
        "customer_id": pick(
            people.keys, orders.person + len(people) * is_second, ~orders.is_anonymous
        ),
        "ordered_at": times(orders.second),
        "amount": amounts(orders.amount),
        "currency": pick(orders.currencies, orders.currency_of_person[orders.person]),
        "channel": pick(names, channels),
        "status": pick(["completed", "cancelled"], is_cancelled.astype(np.int64)),
        "status_at": times(orders.cancelled_at, is_cancelled),
        "discount_amount": amounts(lines.per_order(lines.discount)),
        "coupon_amount": amounts(lines.per_order(lines.coupon)),
        "store_id": store_keys(orders.store),
    }
    return deliver_known_later(
        plan,
        table,
        columns,
        orders.loaded,
        known=orders.cancelled_at,
        before={"status": "completed", "status_at": None},
    )


def _bought(plan: Plan, rng: np.random.Generator, people: People) -> Events:
    """Purchases of one's own accord: gamma gaps on a clock that season and weekday modulate."""
    begin = plan.season_until(people.first_day)
    until = plan.season_until(people.last_day.clip(max=plan.days))
    expected = people.order_rate * np.maximum(until - begin, 0)
    spare = 5 * np.sqrt(expected / np.minimum(people.evenness, 1)) + 5
    tries = np.where(expected > 0, np.ceil(expected + spare), 0).astype(np.int64)
    person = np.repeat(np.arange(len(people)), tries)
    shape = people.evenness[person]
    is_first = places_in_group(person) == 0
    gaps = rng.standard_gamma(shape + is_first) / shape
    # The period begins at any point of a gap, more often within a long one than a short one.
    gaps[is_first] *= rng.random(int(is_first.sum()))
    sums = np.cumsum(gaps)
    clock = sums - np.repeat((sums - gaps)[is_first], tries[tries > 0])
    is_within = clock < expected[person]
    person, clock = person[is_within], clock[is_within]
    seasons = begin[person] + clock / people.order_rate[person]
    day = np.interp(seasons, plan.season_sums, np.arange(len(plan.season_sums)))
    day = np.minimum(day.astype(np.int64), plan.days - 1)
    hours = np.clip(rng.normal(14.5, 3.5, len(day)) * 3600, 0, DAY - 1).astype(np.int64)
    none = np.full(len(person), -1)
    return Events(
        person, plan.start_second + day * DAY + hours, none, np.zeros(len(person), dtype=bool)
    )


def _answering(
    plan: Plan, rng: np.random.Generator, people: People, touches: Touches, events: Events
) -> Events:
    """Add the orders that come with answers of customers to campaigns."""
    answerer = touches.person[touches.answered]
    orders = are_customers(plan, people, touches)
    orders &= rng.random(len(answerer)) < plan.sector.response_order_share
    return Events(
        np.concatenate((events.person, answerer[orders])),
        np.concatenate((events.second, touches.answered_at[orders])),
        np.concatenate((events.answer, np.flatnonzero(orders))),
        np.concatenate((events.is_return, np.zeros(int(orders.sum()), dtype=bool))),
    )


def _returned(plan: Plan, rng: np.random.Generator, events: Events) -> Events:
    """Add what is brought back some days later."""
    count = len(events.person)
    back = events.second + (rng.uniform(2, 20, count) * DAY).astype(np.int64)
    returns = chance(rng, plan.sector.return_share, count) & (back < plan.end_second)
    return Events(
        np.concatenate((events.person, events.person[returns])),
        np.concatenate((events.second, back[returns])),
        np.concatenate((events.answer, np.full(int(returns.sum()), -1))),
        np.concatenate((events.is_return, np.ones(int(returns.sum()), dtype=bool))),
    )
