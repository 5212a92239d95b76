"""The people of the sample and how each of them is inclined to behave."""

from dataclasses import dataclass, replace
from random import Random
from typing import Final, Literal

from scoring.errors import CannotRun
from scoring.sample.timeline import DAY_COUNT, between, chance

Role = Literal["buyer", "prospect", "duplicate", "outsider"]
Payment = Literal["prompt", "late", "never"]

SMALLEST: Final = 200
PROSPECT_SHARE: Final = 0.2
DUPLICATE_COUNT: Final = 14
OUTSIDER_COUNT: Final = 8
AWKWARD_NUMBER: Final = 42
AWKWARD_KEY: Final = 'C,"0042"'
PAYMENTS: Final[tuple[Payment, ...]] = ("prompt", "late", "never")


@dataclass(frozen=True)
class Person:
    """One key of a person, with the inclinations that shape the rows.

    Attributes:
        customer_id: Key in every table.
        number: Place among all keys, from 1.
        role: `buyer`, `prospect` (never orders), `duplicate` (merged into another key) or
            `outsider` (known only from another table than `crm.customers`).
        first_day: Number of the day from which the person is active.
        last_day: Number of the last active day; before the end for who has stopped.
        gap_days: Usual days between two orders.
        unevenness: 0 for orders like clockwork, 1 for gaps of any length.
        spend: Multiplies the size of baskets.
        coupon_liking: Probability that an order uses a coupon.
        complaint_proneness: Probability that an order leads to a complaint.
        digital: 0 to 1: visits, opens and clicks.
        responsiveness: 0 to 1: answers campaigns.
        pressure: 0 to 1: how often marketing picks the person.
        payment: How invoices are paid.
        currency: Of all orders.
    """

    customer_id: str
    number: int
    role: Role
    first_day: int
    last_day: int
    gap_days: float
    unevenness: float
    spend: float
    coupon_liking: float
    complaint_proneness: float
    digital: float
    responsiveness: float
    pressure: float
    payment: Payment
    currency: str


@dataclass(frozen=True)
class Population:
    """Everybody, with the roles that the plan names.

    Attributes:
        people: Everybody who may appear in a table, outsiders last.
        merged_into: Key that a merged person points to, by the merged key.
        chain: Keys A, B, C where A was merged into B and B into C.
        cycle: Two keys that were merged into each other.
        objections: Who objects to profiling from the first version on.
        late_objection: Who objects in a later version.
        deleted: Who was deleted.
        rejected_profile: An outsider whose only row of `crm.customers` is rejected.
    """

    people: tuple[Person, ...]
    merged_into: dict[str, str]
    chain: tuple[str, str, str]
    cycle: tuple[str, str]
    objections: tuple[str, ...]
    late_objection: str
    deleted: tuple[str, ...]
    rejected_profile: str

    def of_role(self, *roles: Role) -> list[Person]:
        """People of the given roles, in the order of their keys."""
        return [person for person in self.people if person.role in roles]


def make_population(seed: int, count: int) -> Population:
    """Draw the people.

    Args:
        seed: Seed of the generator.
        count: People with a row in `crm.customers`.

    Returns:
        The population, the same for the same arguments.

    Raises:
        CannotRun: `count` is too small for everything that is planted.
    """
    if count < SMALLEST:
        raise CannotRun(f"The sample needs at least {SMALLEST} people, not {count}.")
    rng = Random(f"people {seed}")
    people = [_draw(rng, number) for number in range(1, count + OUTSIDER_COUNT + 1)]
    order = [person.number for person in people[:count] if person.number != AWKWARD_NUMBER]
    rng.shuffle(order)
    order.append(AWKWARD_NUMBER)
    duplicates = set(order[:DUPLICATE_COUNT])
    prospects = set(order[DUPLICATE_COUNT : DUPLICATE_COUNT + int(count * PROSPECT_SHARE)])
    people = [_with_role(person, count, duplicates, prospects) for person in people]
    return _plant(people, order)


def _draw(rng: Random, number: int) -> Person:
    late_start = chance(rng, 0.3)
    first_day = rng.randrange(DAY_COUNT - 120) if late_start else rng.randrange(25)
    stops = chance(rng, 1 / 3)
    last_day = rng.randrange(first_day + 30, DAY_COUNT - 45) if stops else DAY_COUNT - 1
    return Person(
        customer_id=AWKWARD_KEY if number == AWKWARD_NUMBER else f"C{number:04d}",
        number=number,
        role="buyer",
        first_day=first_day,
        last_day=last_day,
        gap_days=20 * 10 ** rng.random(),
        unevenness=rng.random(),
        spend=0.5 * 6 ** rng.random(),
        coupon_liking=rng.random() ** 2 * 0.8,
        complaint_proneness=rng.random() ** 3 * 0.3,
        digital=rng.random() ** 1.5,
        responsiveness=rng.random() ** 2,
        pressure=between(rng, 0.1, 1),
        payment=rng.choices(PAYMENTS, (75, 20, 5))[0],
        currency=rng.choices(("USD", "EUR", "GBP", "CHF"), (80, 12, 6, 2))[0],
    )


def _with_role(person: Person, count: int, duplicates: set[int], prospects: set[int]) -> Person:
    if person.number > count:
        return replace(person, role="outsider", customer_id=f"X{person.number:04d}")
    if person.number in duplicates:
        return replace(person, role="duplicate")
    if person.number in prospects:
        return replace(person, role="prospect")
    return person


def _plant(people: list[Person], order: list[int]) -> Population:
    def key(number: int) -> str:
        return people[number - 1].customer_id

    duplicates = [key(number) for number in order[:DUPLICATE_COUNT]]
    prospects = [key(number) for number in order if people[number - 1].role == "prospect"]
    buyers = [key(number) for number in order if people[number - 1].role == "buyer"]
    simple, (first, second), (left, right) = duplicates[:10], duplicates[10:12], duplicates[12:14]
    merged_into = dict(zip(simple, buyers, strict=False))
    merged_into |= {first: second, second: buyers[10], left: right, right: left}
    return Population(
        people=tuple(people),
        merged_into=merged_into,
        chain=(first, second, buyers[10]),
        cycle=(left, right),
        objections=(*buyers[20:23], simple[0]),
        late_objection=buyers[23],
        deleted=(*buyers[24:26], prospects[0]),
        rejected_profile=people[-1].customer_id,
    )
