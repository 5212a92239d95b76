"""What people buy and when, before it is written as rows."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from scoring.sample.catalogue import UNKNOWN_PRODUCT, Product
from scoring.sample.people import Person, Population
from scoring.sample.timeline import DAY_COUNT, between, chance, day_at, later, moment


@dataclass(frozen=True)
class Line:
    """One line of a basket; amounts in cents."""

    product_id: str
    quantity: int
    price: int
    discount: int
    coupon: int

    @property
    def net(self) -> int:
        """Amount after discount and coupon."""
        return self.quantity * self.price - self.discount - self.coupon


@dataclass(frozen=True)
class Basket:
    """One order to be: a purchase, or a return with negative quantities."""

    person: Person
    ordered_at: datetime
    channel: str
    lines: tuple[Line, ...]

    @property
    def is_return(self) -> bool:
        """Brings goods back."""
        return self.lines[0].quantity < 0

    @property
    def net(self) -> int:
        """Amount in cents."""
        return sum(line.net for line in self.lines)


def simulate_baskets(
    seed: int, population: Population, products: tuple[Product, ...]
) -> list[Basket]:
    """Draw all baskets, in order of time.

    Args:
        seed: Seed of the generator.
        population: Everybody; prospects and some outsiders buy nothing.
        products: What can be bought.

    Returns:
        Baskets by time, then by key of the person. The first and the last day have one.
    """
    rng = Random(f"baskets {seed}")
    baskets: list[Basket] = []
    buyers = population.of_role("buyer", "duplicate")
    for person in buyers:
        favourites = rng.sample(products, 8)
        day = person.first_day + rng.random() * person.gap_days
        while day <= person.last_day:
            baskets.extend(_visit(rng, person, int(day), favourites))
            spread = between(rng, 1 - person.unevenness, 1 + person.unevenness)
            day += max(1.0, person.gap_days * spread)
    steady = max(buyers, key=lambda person: (person.last_day, -person.gap_days))
    for day_number in (0, DAY_COUNT - 1):
        baskets.extend(_visit(rng, steady, day_number, products)[:1])
    for person in population.of_role("outsider")[:4]:
        baskets.extend(_visit(rng, person, rng.randrange(30, DAY_COUNT - 60), products)[:1])
    return sorted(baskets, key=lambda basket: (basket.ordered_at, basket.person.customer_id))


def _visit(
    rng: Random, person: Person, day: int, choice: list[Product] | tuple[Product, ...]
) -> list[Basket]:
    """One purchase, and now and then its return some days later."""
    uses_coupon = chance(rng, person.coupon_liking)
    lines = tuple(
        _line(rng, person, rng.choice(choice), uses_coupon=uses_coupon and place == 0)
        for place in range(rng.choices((1, 2, 3, 4), (35, 35, 20, 10))[0])
    )
    channel = "web" if chance(rng, person.digital) else rng.choice(("store", "store", "phone"))
    ordered_at = moment(rng, day_at(day))
    visit = [Basket(person, ordered_at, channel, lines)]
    returned_at = later(rng, ordered_at, 3, 25) if chance(rng, 0.05) else None
    if returned_at:
        back = lines[0]
        line = Line(back.product_id, -back.quantity, back.price, 0, 0)
        visit.append(Basket(person, returned_at, channel, (line,)))
    return visit


def _line(rng: Random, person: Person, product: Product, *, uses_coupon: bool) -> Line:
    quantity = max(1, int(person.spend * between(rng, 0.5, 1.8)))
    gross = quantity * product.price
    discount = gross * rng.choice((10, 20, 30)) // 100 if chance(rng, 0.2) else 0
    product_id = UNKNOWN_PRODUCT if chance(rng, 0.004) else product.product_id
    return Line(product_id, quantity, product.price, discount, gross // 10 if uses_coupon else 0)
