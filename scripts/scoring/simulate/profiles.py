"""Who people are: `crm.customers` in versions, and the fields of the company's own CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scoring.simulate.columns import DAY, chance, dates, draw, keys, pick, plain, times
from scoring.simulate.delivery import Delivery, deliver
from scoring.simulate.people import CHANNELS_OF_CONSENT

if TYPE_CHECKING:
    from scoring.contract import Table
    from scoring.simulate.block import Block
    from scoring.simulate.columns import Bools, Ints
    from scoring.simulate.people import People
    from scoring.simulate.plan import Plan

INCOME_BANDS: Final = (
    "Under 15K", "15-24K", "25-34K", "35-49K", "50-74K", "75-99K", "100-124K", "125-149K",
    "150-174K", "175-199K", "200-249K", "250K+",
)  # fmt: skip
INFORMATIVE: Final = "interest_index"
UNRELATED: Final = "lucky_number"
_AGE_BANDS: Final = ("19-24", "25-34", "35-44", "45-54", "55-64", "65+")
_AGE_EDGES: Final = (25, 35, 45, 55, 65)
_FIRST_NAMES: Final = (
    "Zoé", "Amir", "Léa", "Łukasz", "Maria", "John", "Chloé", "Ana", "Jürgen", "Siobhán", "Mei",
    "Omar", "Élodie", "Paul", "Ingrid", "Noah", "Fatou", "Marc", "Nadia", "Tom",
)  # fmt: skip
_LAST_NAMES: Final = (
    "Martin", "O'Brien", "Müller", "Nowak", "Silva", "Dupont", "Smith", "Larsen", "García", "Rossi",
    "Nguyen", "Haddad", "Kowalska", "Weber", "Lefèvre", "Jones", "Diallo", "Ivanov", "Khan", "Berg",
)  # fmt: skip
_TOWNS: Final = (
    ("Lyon", "Rhône", "FR"), ("Nantes", "Loire", "FR"), ("Lille", "Nord", "FR"),
    ("Köln", "Nordrhein", "DE"), ("Leeds", "Yorkshire", "GB"), ("Austin", "Texas", "US"),
    ("Denver", "Colorado", "US"), ("Genève", "Genève", "CH"),
)  # fmt: skip
_STREETS: Final = ("Rose Street", "Rue de l'Église", "Main Street", "Hauptstraße", "Mill Lane")
_OCCUPATIONS: Final = ("employee", "manager", "trade", "farmer", "retired", "student", "none")
_SOURCES: Final = ("store", "web", "referral", "campaign", "partner")
_VERSION_WEIGHTS: Final = (0.7, 0.22, 0.08)
_OBJECTION_SHARE: Final = 0.01
_DELETED_SHARE: Final = 0.003
_YEARS_WITH_CHILDREN: Final = 17
"""Years before and after 42 in which children may live in the home."""


def deliver_customers(block: Block, table: Table) -> Delivery:
    """The rows of `crm.customers`: each person in one to three versions, and second records."""
    plan, people = block.plan, block.people
    rng = block.stream("profiles")
    person, version, updated, is_second, merged = _versions(plan, rng, people)
    traits = _traits(plan, rng, people)
    count = len(person)
    columns: dict[str, Any] = {
        name: pick(column, person) if isinstance(column, pa.Array) else column
        for name, column in traits.items()
    }
    columns |= _changing(rng, people, person, version)
    objects = chance(rng, _OBJECTION_SHARE, len(people))
    is_deleted = chance(rng, _DELETED_SHARE, len(people))[person] & (version > 0)
    last_names = pick(_LAST_NAMES, rng.integers(0, len(_LAST_NAMES), len(people)))
    columns |= {
        "customer_id": pick(people.keys, person + len(people) * is_second),
        "created_at": times(people.created[person]),
        "updated_at": times(updated),
        "last_name": pick(last_names, person),
        "profiling_objection": plain(objects[person]),
        "merged_into": pick(people.keys, person, merged),
        "deleted_at": times(updated, is_deleted),
    }
    loaded = plan.delivered(updated, np.zeros(count, dtype=bool), np.zeros(count, dtype=np.int64))
    return deliver(table, columns, loaded)


def deliver_attributes(block: Block, table: Table) -> Delivery:
    """The rows of `crm.customer_attributes`: one that tells of activity, one that tells nothing."""
    plan, people = block.plan, block.people
    rng = block.stream("attributes")
    count = len(people)
    said = people.activity + 0.8 * rng.standard_normal(count)
    numbers = np.concatenate((said, rng.random(count)))
    updated = np.tile(np.maximum(people.created, plan.start_second), 2)
    columns: dict[str, Any] = {
        "customer_id": pick(people.keys, np.tile(np.arange(count), 2)),
        "attribute": pick([INFORMATIVE, UNRELATED], np.repeat(np.arange(2), count)),
        "value": pc.cast(pc.cast(pa.array(numbers), pa.decimal128(9, 3)), pa.string()),
        "updated_at": times(updated),
    }
    return deliver(table, columns, plan.delivered_at_random(updated, rng))


def _versions(
    plan: Plan, rng: np.random.Generator, people: People
) -> tuple[Ints, Ints, Ints, Bools, Bools]:
    """Person, number, time of each version, if it is of a second record, and if that is merged."""
    count = len(people)
    counts = 1 + draw(rng, _VERSION_WEIGHTS, count)
    person = np.repeat(np.arange(count), counts)
    version = np.arange(len(person)) - np.repeat(np.cumsum(counts) - counts, counts)
    earliest = np.maximum(people.created, plan.start_second)[person]
    # Later versions share the rest of the period, in order.
    share = (version + rng.uniform(0.05, 0.95, len(person))) / counts[person]
    later = earliest + (share * (plan.end_second - earliest)).astype(np.int64)
    updated = np.where(version == 0, people.created[person], later)
    twice = np.flatnonzero(people.merged_at >= 0)
    # A second record cannot have been merged before it was made.
    merged_at = np.maximum(people.merged_at[twice], people.created[twice] + 1)
    return (
        np.concatenate((person, twice, twice)),
        np.concatenate((version, np.zeros(2 * len(twice), dtype=np.int64))),
        np.concatenate((updated, people.created[twice], merged_at)),
        np.repeat([False, True, True], (len(person), len(twice), len(twice))),
        np.repeat([False, False, True], (len(person), len(twice), len(twice))),
    )


def _traits(plan: Plan, rng: np.random.Generator, people: People) -> dict[str, pa.Array]:
    """What stays the same over the versions of a person, one entry per person."""
    count = len(people)
    age = rng.triangular(18, 42, 92, count)
    born = plan.end_second // DAY - (age * 365.25).astype(np.int64)
    has_children = (np.abs(age - 42) < _YEARS_WITH_CHILDREN) & chance(rng, 0.45, count)
    children = np.where(has_children, rng.integers(1, 4, count), 0)
    adults = 1 + chance(rng, 0.55, count)
    first_names = pick(_FIRST_NAMES, rng.integers(0, len(_FIRST_NAMES), count))
    house = pc.cast(pa.array(rng.integers(1, 200, count)), pa.string())
    street = pick(_STREETS, rng.integers(0, len(_STREETS), count))
    address = keys("customer", people.numbers, 9)
    shares_home = (people.numbers % 2 == 0) & chance(rng, 0.2, count)
    is_known = chance(rng, 0.9, count)
    sex = rng.integers(0, 2, count)
    return {
        "first_name": first_names,
        "email": pc.binary_join_element_wise(address, "example.org", "@"),
        "phone": keys("+3361", people.numbers, 8) if people.numbers.max() < 10**8 else address,
        "address": pc.binary_join_element_wise(house, street, " "),
        "birth_date": dates(born, is_known),
        "age_band": pick(_AGE_BANDS, np.digitize(age, _AGE_EDGES), is_known),
        "sex": pick(["female", "male"], sex, chance(rng, 0.95, count)),
        "household_id": keys("H", people.numbers - shares_home, 9),
        "household_size": plain(adults + children, is_known),
        "children_count": plain(children, is_known),
        "acquisition_source": pick(_SOURCES, rng.integers(0, len(_SOURCES), count)),
    }


def _changing(
    rng: np.random.Generator, people: People, person: Ints, version: Ints
) -> dict[str, pa.Array]:
    """What may differ between the versions of a person."""
    count = len(person)
    people_count = len(people)
    shift = rng.integers(-1, 2, count) * (version > 0)
    wealth = 4.5 + 2 * (0.8 * people.fit + 0.6 * rng.standard_normal(people_count))
    income = np.rint(wealth[person] + shift).clip(0, len(INCOME_BANDS) - 1).astype(np.int64)
    has_income = chance(rng, 0.85, people_count)[person]
    moved = rng.integers(0, len(_TOWNS), count) * chance(rng, 0.3, count) * (version > 0)
    town = (rng.integers(0, len(_TOWNS), people_count)[person] + moved) % len(_TOWNS)
    owns = rng.random(people_count) < 1 / (1 + np.exp(-0.9 * people.fit))
    trade = draw(rng, (40, 15, 15, 3, 17, 7, 3), people_count)
    marital = rng.integers(0, 3, people_count)
    consents = {
        # Some take a consent back, nobody is asked again.
        f"consent_{channel}": plain(
            people.consents[person, place] & ~((version > 0) & chance(rng, 0.05, count))
        )
        for place, channel in enumerate(CHANNELS_OF_CONSENT)
    }
    return {
        "postal_code": keys("", 10_000 + (people.numbers[person] * 37 + town * 1000) % 89_999, 5),
        "city": pick([name for name, _, _ in _TOWNS], town),
        "region": pick([name for _, name, _ in _TOWNS], town),
        "country": pick([name for _, _, name in _TOWNS], town),
        "marital_status": pick(["single", "married", "widowed"], marital[person]),
        "income_band": pick(INCOME_BANDS, income, has_income),
        "occupation": pick(_OCCUPATIONS, trade[person]),
        "home_ownership": pick(["Renter", "Homeowner"], owns[person].astype(np.int64)),
        **consents,
    }
