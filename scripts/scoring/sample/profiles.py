"""`crm.customers` and `crm.customer_attributes`: what the CRM knows of people, by version."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Final

from scoring.sample.draft import Cell, Draft
from scoring.sample.faults import LATER, NULL, OUT_OF_RANGE, Fault, not_a, spoil
from scoring.sample.people import AWKWARD_NUMBER, Person, Population
from scoring.sample.timeline import DAY_COUNT, chance, day_at, moment, stamp

CUSTOMERS: Final = (
    "customer_id", "created_at", "updated_at", "first_name", "last_name", "email", "phone",
    "address", "postal_code", "city", "region", "country", "birth_date", "age_band", "sex",
    "marital_status", "income_band", "occupation", "household_id", "children_count",
    "home_ownership", "acquisition_source", "consent_email", "consent_phone", "consent_sms",
    "consent_post", "profiling_objection", "merged_into", "deleted_at",
)  # fmt: skip
ATTRIBUTES: Final = ("customer_id", "attribute", "value", "updated_at")
FIRST_NAMES: Final = (
    "Zoé", "Łukasz", "Björn", "Chloé", "Åsa", "Íñigo", "José", "Siân", "Anna", "Thomas", "Mary",
    "John", "Amina", "Noah", "Olga", "Peter", "Inês", "Žofia", "Mehmet", "Grace",
)  # fmt: skip
LAST_NAMES: Final = (
    "Müller", "O'Brien", "Nowak", "Çelik", "Đorđević", "Nguyễn", "Smith", "Garcia", "Dupont",
    "Rossi", "Jensen", "Virtanen", "Silva", "Kowalski", "Brown", "小林", "Weiß", "Martin",
)  # fmt: skip
PLACES: Final = (
    ("Lyon", "Auvergne-Rhône-Alpes", "FR", "69003"),
    ("Orléans", "Centre-Val de Loire", "FR", "45000"),
    ("Köln", "Nordrhein-Westfalen", "DE", "50667"), ("Łódź", "Łódzkie", "PL", "90-001"),
    ("Cincinnati", "Ohio", "US", "45202"), ("Portland", "Oregon", "US", "97201"),
    ("York", "North Yorkshire", "GB", "YO1 7HH"), ("Zürich", "Zürich", "CH", "8001"),
)  # fmt: skip
AGE_BANDS: Final = ("19-24", "25-34", "35-44", "45-54", "55-64", "65+")
INCOME_BANDS: Final = (
    "Under 15K",
    "15-24K",
    "25-34K",
    "35-49K",
    "50-74K",
    "75-99K",
    "100-149K",
    "150K+",
)
OCCUPATIONS: Final = ("teacher", "nurse", "farmer", "engineer", "retired", "student", "clerk", None)
MARITAL: Final = ("Married", "Unmarried", None)
HOMES: Final = ("Homeowner", "Renter", None)
ORIGINS: Final = ("web", "store", "referral", "partner", "fair")
BEFORE_2025: Final = "2024.csv"
SINCE_2025: Final = "2025.csv"


def draft_customers(seed: int, population: Population) -> Draft:
    """Draft every version of every person, and the planted faults.

    Args:
        seed: Seed of the generator.
        population: Everybody.

    Returns:
        The drafted table.
    """
    rng = Random(f"customers {seed}")
    draft = Draft("crm.customers", CUSTOMERS)
    for person in population.people:
        if person.role != "outsider":
            _add_versions(rng, draft, person, population)
    _repeat_and_correct(draft)
    _spoil_customers(draft, population)
    return draft


def _add_versions(rng: Random, draft: Draft, person: Person, population: Population) -> None:
    created = moment(rng, day_at(person.first_day)) - timedelta(days=rng.choice((1, 30, 400, 1500)))
    cells = _first_version(rng, person, created)
    cells["profiling_objection"] = person.customer_id in population.objections
    _deliver(draft, cells, created)
    changes = _changes(rng, person, population)
    days = sorted(rng.sample(range(person.first_day + 1, DAY_COUNT), len(changes)))
    for day, change in zip(days, changes, strict=True):
        when = moment(rng, day_at(day))
        cells = {**cells, **change}
        if person.customer_id in population.deleted and change is changes[-1]:
            cells["deleted_at"] = stamp(when)
        _deliver(draft, cells, when)


def _deliver(draft: Draft, cells: dict[str, Cell], when: datetime) -> None:
    draft.add(f"{max(when.year, 2024)}.csv", {**cells, "updated_at": stamp(when)})


def _first_version(rng: Random, person: Person, created: datetime) -> dict[str, Cell]:
    number = person.number
    city, region, country, postal_code = rng.choice(PLACES)
    with_birth_date = chance(rng, 0.6)
    last_name = LAST_NAMES[number % len(LAST_NAMES)]
    address = f"{number % 90 + 1} rue de l'Église, apt. {number % 7}"
    if number == AWKWARD_NUMBER:
        last_name, address = 'Smith, "Junior"', "3 Mill Lane\nBehind the chapel"
    return {
        "customer_id": person.customer_id,
        "created_at": stamp(created),
        "first_name": FIRST_NAMES[number % len(FIRST_NAMES)],
        "last_name": last_name,
        "email": f"person.{number}@example.org",
        "phone": f"+1 555 01{number % 100:02d}" if chance(rng, 0.7) else None,
        "address": address,
        "postal_code": postal_code,
        "city": city,
        "region": region,
        "country": country,
        "birth_date": day_at(-rng.randrange(19 * 366, 80 * 365)).isoformat()
        if with_birth_date
        else None,
        "age_band": None if with_birth_date else rng.choice(AGE_BANDS),
        "sex": rng.choice(("F", "M", "F", "M", None)),
        "marital_status": rng.choice(MARITAL),
        "income_band": INCOME_BANDS[min(7, int(person.spend * 2.5))],
        "occupation": rng.choice(OCCUPATIONS),
        "household_id": f"H{number // 2:04d}" if chance(rng, 0.3) else None,
        "children_count": rng.choice((0, 0, 1, 2, 3, None)),
        "home_ownership": rng.choice(HOMES),
        "acquisition_source": rng.choice(ORIGINS),
        "consent_email": chance(rng, 0.7),
        "consent_phone": chance(rng, 0.4),
        "consent_sms": chance(rng, 0.4) if chance(rng, 0.8) else None,
        "consent_post": chance(rng, 0.8),
    }


def _changes(rng: Random, person: Person, population: Population) -> list[dict[str, Cell]]:
    city, region, country, postal_code = rng.choice(PLACES)
    moved: dict[str, Cell] = {
        "city": city, "region": region, "country": country, "postal_code": postal_code,
    }  # fmt: skip
    usual: list[dict[str, Cell]] = [
        {"income_band": rng.choice(INCOME_BANDS)},
        {"consent_email": False, "consent_sms": False},
        {"marital_status": "Married", "home_ownership": "Homeowner"},
        moved,
    ]
    changes = rng.sample(usual, rng.choices((0, 1, 2, 3), (55, 25, 13, 7))[0])
    if person.customer_id in population.merged_into:
        changes.append({"merged_into": population.merged_into[person.customer_id]})
    if person.customer_id == population.late_objection:
        changes.append({"profiling_objection": True})
    if person.customer_id in population.deleted:
        changes.append({"email": None, "phone": None, "address": None})
    return changes


def _repeat_and_correct(draft: Draft) -> None:
    old = [row for row in draft.rows if row.file == BEFORE_2025]
    new = [row for row in draft.rows if row.file == SINCE_2025]
    for row in old[10:13]:
        draft.repeat(row, SINCE_2025)
    for row in new[5:7]:
        draft.repeat(row)
    for row in old[20:24]:
        draft.correct(row, SINCE_2025, city="Saint-Étienne", region="Auvergne-Rhône-Alpes")


def _spoil_customers(draft: Draft, population: Population) -> None:
    good = [row for row in draft.rows if row.file == SINCE_2025]
    faults: tuple[Fault, ...] = (
        ("customer_id", None, NULL),
        ("updated_at", "2026-02-30 09:00:00", not_a("timestamp")),
        ("created_at", "2099-01-01 00:00:00", LATER),
        ("birth_date", "1850-01-01", OUT_OF_RANGE),
        ("birth_date", "03/04/1985", not_a("date")),
        ("consent_email", "maybe", not_a("boolean")),
        ("children_count", "-1", OUT_OF_RANGE),
        ("children_count", "2.5", not_a("integer")),
    )
    spoil(draft, good, faults)
    lost = {
        **good[-1].cells,
        "customer_id": population.rejected_profile,
        "birth_date": "31.12.1980",
    }
    draft.reject(SINCE_2025, lost, not_a("date"))


def draft_attributes(seed: int, population: Population) -> Draft:
    """Draft the fields of the customer's own CRM, in long form.

    Args:
        seed: Seed of the generator.
        population: Everybody.

    Returns:
        The drafted table.
    """
    rng = Random(f"attributes {seed}")
    draft = Draft("crm.customer_attributes", ATTRIBUTES)
    values: dict[str, Callable[[], str | None]] = {
        "loyalty_tier": lambda: rng.choice(("bronze", "silver", "gold", "platiné")),
        "pet_owner": lambda: rng.choice(("yes", "no", None)),
        "delivery_minutes": lambda: f"{rng.randrange(5, 95)}.5",
    }
    for person in population.of_role("buyer", "prospect"):
        if person.number % 3:
            continue
        for attribute, value in values.items():
            days = sorted(rng.sample(range(DAY_COUNT), rng.choice((0, 1, 1, 2))))
            for when in (moment(rng, day_at(day)) for day in days):
                cells: dict[str, Cell] = {
                    "customer_id": person.customer_id,
                    "attribute": attribute,
                    "value": value(),
                    "updated_at": stamp(when),
                }
                draft.add(f"{when.year}.csv", cells)
    _spoil_attributes(draft)
    return draft


def _spoil_attributes(draft: Draft) -> None:
    old = [row for row in draft.rows if row.file == BEFORE_2025]
    draft.repeat(old[3])
    draft.repeat(old[4], SINCE_2025)
    for row in old[8:11]:
        draft.correct(row, SINCE_2025, value="corrected")
    faults: tuple[Fault, ...] = (
        ("attribute", None, NULL),
        ("customer_id", None, NULL),
        ("updated_at", "yesterday", not_a("timestamp")),
        ("updated_at", "1970-01-01 00:00:00", OUT_OF_RANGE),
    )
    spoil(draft, old[15:], faults)
