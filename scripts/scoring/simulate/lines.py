"""Order lines: what is bought, and for how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from scoring.simulate.columns import amounts, chance, keys, pick, places_in_group, plain
from scoring.simulate.delivery import Delivery, deliver

if TYPE_CHECKING:
    import pyarrow as pa

    from scoring.contract import Table
    from scoring.simulate.block import Block
    from scoring.simulate.columns import Bools, Ints
    from scoring.simulate.sales import Orders

_LEAST_DISCOUNT: Final = 5
_MOST_DISCOUNT: Final = 35
"""Discounts in percent."""
_COUPON_SPREAD: Final = 0.8


@dataclass(frozen=True)
class Lines:
    """Lines of the orders of a block, in their order; amounts in cents.

    Attributes:
        order_count: number of orders.
        order: place of the order of each line.
        product: place of the product.
        quantity: units, negative for a return.
        price: price of a unit.
        net: amount after discounts and coupons, negative for a return.
        discount: discounts.
        coupon: coupons, on the first line of an order.
    """

    order_count: int
    order: Ints
    product: Ints
    quantity: Ints
    price: Ints
    net: Ints
    discount: Ints
    coupon: Ints

    def per_order(self, cents: Ints) -> Ints:
        """Sum of a column of the lines for each order."""
        sums = np.bincount(self.order, weights=cents, minlength=self.order_count)
        return sums.astype(np.int64)


def draw_lines(block: Block, buyer: Ints, is_return: Bools, is_answer: Bools) -> Lines:
    """Draw the lines of orders.

    Args:
        block: the people of a block and what they meet.
        buyer: place of the person of each order.
        is_return: goods that came back: one line.
        is_answer: the order came with an answer to a campaign: with a coupon.
    """
    plan, people, catalogue = block.plan, block.people, block.catalogue
    rng = block.stream("lines")
    sizes = 1 + rng.poisson(people.basket[buyer] - 1)
    sizes[is_return] = 1
    order = np.repeat(np.arange(len(buyer)), sizes)
    person = buyer[order]
    count = len(person)

    product = _products(block, rng, person)
    level = people.price_level(plan.sector.value_spread)[person]
    price = np.rint(catalogue.prices[product] * level * rng.uniform(0.9, 1.1, count))
    price = price.clip(min=1).astype(np.int64)
    quantity = 1 + chance(rng, 0.15, count).astype(np.int64) + chance(rng, 0.03, count)
    gross = price * quantity
    cuts = rng.integers(_LEAST_DISCOUNT, _MOST_DISCOUNT, count)
    discount = np.where(chance(rng, plan.sector.discount_share, count), gross * cuts // 100, 0)
    discount[is_return[order]] = 0
    coupon = _coupons(
        block,
        rng,
        buyer=buyer,
        is_answer=is_answer & ~is_return,
        order=order,
        payable=gross - discount,
    )
    coupon[is_return[order]] = 0
    sign = np.where(is_return[order], -1, 1)
    net = sign * gross - discount - coupon
    return Lines(len(buyer), order, product, sign * quantity, price, net, discount, coupon)


def deliver_lines(block: Block, orders: Orders, table: Table) -> Delivery:
    """The rows of `sales.order_lines`, delivered with their orders."""
    lines = orders.lines
    columns: dict[str, Any] = {
        "order_id": pick(orders.keys, lines.order),
        "line_number": plain(places_in_group(lines.order) + 1),
        "product_id": pick(block.catalogue.product_keys, lines.product),
        "quantity": amounts(lines.quantity * 100),
        "unit_price": amounts(lines.price),
        "net_amount": amounts(lines.net),
        "discount_amount": amounts(lines.discount),
        "coupon_amount": amounts(lines.coupon),
    }
    if block.plan.tables == "sales":
        # A tenth column, which the contract does not have: what real exports bring along.
        columns["store_id"] = pick(store_keys(orders.store), lines.order)
    return deliver(table, columns, orders.loaded[lines.order])


def store_keys(stores: Ints) -> pa.Array:
    """Keys of stores."""
    return keys("S", stores, 3)


def _products(block: Block, rng: np.random.Generator, person: Ints) -> Ints:
    """A product for each line: its category by taste, popular ones first within it."""
    taste = block.people.taste
    width = taste.shape[1]
    # Each person's shares of categories lie one after another on one line of numbers.
    edges = (taste + np.arange(len(taste))[:, None]).ravel()
    found = np.searchsorted(edges, person + rng.random(len(person)), side="right")
    category = (found - person * width).clip(0, width - 1)
    per_category = block.plan.sector.products_per_category
    within = (rng.random(len(person)) ** 2 * per_category).astype(np.int64)
    return np.asarray(category * per_category + within)


def _coupons(
    block: Block,
    rng: np.random.Generator,
    *,
    buyer: Ints,
    is_answer: Bools,
    order: Ints,
    payable: Ints,
) -> Ints:
    """Coupons of the lines: on the first line of an order, by liking or after an answer."""
    sector = block.plan.sector
    spread = _COUPON_SPREAD
    liking = np.exp(spread * block.people.coupon_liking[buyer] - spread**2 / 2)
    has_coupon = (rng.random(len(buyer)) < sector.coupon_share * liking) | is_answer
    is_first = places_in_group(order) == 0
    most = np.int64(max(sector.incentive * 100, 1))
    return np.where(has_coupon[order] & is_first, np.minimum(payable, most) // 2, 0)
