"""`crm.interactions`, `crm.feedback` and `crm.leads`."""

from datetime import datetime, timedelta
from random import Random
from typing import Final

from scoring.sample.baskets import Basket
from scoring.sample.draft import Cell, Draft, Row
from scoring.sample.faults import LATER, NO_RATE, NULL, OUT_OF_RANGE, Fault, not_a, spoil
from scoring.sample.marketing import Touch
from scoring.sample.people import Person, Population
from scoring.sample.timeline import LAST_DAY, chance, day_at, later, moment, money, stamp

INTERACTIONS: Final = (
    "interaction_id", "customer_id", "occurred_at", "interaction_type", "channel", "is_bot",
    "duration_seconds",
)  # fmt: skip
FEEDBACK: Final = (
    "feedback_id", "customer_id", "given_at", "feedback_type", "rating", "order_id", "resolved_at",
)  # fmt: skip
LEADS: Final = (
    "lead_id", "customer_id", "created_at", "offer_id", "lead_source", "stage", "outcome",
    "outcome_at", "amount", "currency", "_loaded_at",
)  # fmt: skip
CHANNELS: Final = {
    "web_visit": "web", "email_open": "email", "email_click": "email", "call": "phone",
    "visit": "store", "chat": "web", "form": "web",
}  # fmt: skip
WITHOUT_LENGTH: Final = ("email_open", "email_click", "form")
Event = tuple[datetime, Person, str]


def draft_interactions(seed: int, population: Population, touches: list[Touch]) -> Draft:
    """Draft what people did with us, in JSON lines by year.

    Args:
        seed: Seed of the generator.
        population: Everybody.
        touches: Approaches; e-mails among them are opened and clicked by some.

    Returns:
        The drafted table.
    """
    rng = Random(f"interactions {seed}")
    events = _visits(rng, population) + _openings(rng, touches)
    events.sort(key=lambda event: (event[0], event[1].customer_id, event[2]))
    draft = Draft("crm.interactions", INTERACTIONS, may_be_anonymous=True)
    for number, event in enumerate(events, start=1):
        _add_interaction(rng, draft, number, event)
    _plant_interactions(draft)
    return draft


def _visits(rng: Random, population: Population) -> list[Event]:
    events: list[Event] = []
    kinds = tuple(CHANNELS)
    for person in population.people:
        if person.role == "outsider":
            continue
        span = person.last_day - person.first_day
        for _ in range(int(span / 545 * (1 + 7 * person.digital))):
            when = moment(rng, day_at(person.first_day + rng.randrange(span)))
            events.append((when, person, rng.choices(kinds, (60, 0, 0, 12, 10, 8, 10))[0]))
    strangers = population.of_role("outsider")[4:6]
    return events + [(moment(rng, day_at(rng.randrange(300))), p, "form") for p in strangers]


def _openings(rng: Random, touches: list[Touch]) -> list[Event]:
    events: list[Event] = []
    for touch in touches:
        if touch.channel != "email" or touch.status != "sent" or touch.is_control:
            continue
        opened_at = later(rng, touch.touched_at, 1, 3)
        if opened_at and chance(rng, 0.1 + 0.5 * touch.person.digital):
            events.append((opened_at, touch.person, "email_open"))
            if chance(rng, touch.person.responsiveness):
                clicked_at = opened_at + timedelta(seconds=rng.randrange(5, 600))
                events.append((clicked_at, touch.person, "email_click"))
    return events


def _add_interaction(rng: Random, draft: Draft, number: int, event: Event) -> None:
    when, person, kind = event
    anonymous = kind == "web_visit" and person.role != "outsider" and chance(rng, 0.12)
    cells: dict[str, Cell] = {
        "interaction_id": f"I{number:05d}",
        "customer_id": None if anonymous else person.customer_id,
        "occurred_at": f"{when.isoformat()}Z",
        "interaction_type": kind,
        "channel": CHANNELS[kind],
    }
    if kind not in WITHOUT_LENGTH:
        cells["duration_seconds"] = rng.randrange(5, 1800)
    if kind == "email_open" or chance(rng, 0.1):
        cells["is_bot"] = chance(rng, 0.12)
    draft.add(f"{when.year}.jsonl", cells)


def _plant_interactions(draft: Draft) -> None:
    good = [row for row in draft.rows if "duration_seconds" in row.cells]
    known = [row for row in good if row.status == "accepted"]
    draft.repeat(known[5])
    draft.repeat(known[6], "2025.jsonl")
    for row in known[10:13]:
        draft.correct(row, "2025.jsonl", is_bot=True)
    # The same moments, written with an offset from UTC.
    for row in known[20:24]:
        when = datetime.fromisoformat(str(row.cells["occurred_at"])).replace(tzinfo=None)
        row.cells["occurred_at"] = f"{(when + timedelta(hours=2)).isoformat()}+02:00"
    faults: tuple[Fault, ...] = (
        ("interaction_id", None, NULL),
        ("interaction_type", None, NULL),
        ("occurred_at", "1970-01-01T00:00:00Z", OUT_OF_RANGE),
        ("occurred_at", "2099-05-05T12:00:00Z", LATER),
        ("occurred_at", "03/04/2025 10:00", not_a("timestamp")),
        ("duration_seconds", "12 minutes", not_a("integer")),
        ("duration_seconds", "inf", not_a("integer")),
        ("duration_seconds", 2.5, not_a("integer")),
        ("duration_seconds", -5, OUT_OF_RANGE),
    )
    spoil(draft, known[30::12], faults, key="interaction_id")


def draft_feedback(seed: int, orders: list[tuple[Row, Basket]]) -> Draft:
    """Draft ratings and complaints about orders.

    Args:
        seed: Seed of the generator.
        orders: Accepted orders, each with its basket.

    Returns:
        The drafted table; its file begins with a byte order mark.
    """
    rng = Random(f"feedback {seed}")
    draft = Draft("crm.feedback", FEEDBACK, encoding="utf-8-sig")
    answers: list[tuple[datetime, dict[str, Cell]]] = []
    for row, basket in orders:
        given_at = later(rng, basket.ordered_at, 1, 9)
        proneness = basket.person.complaint_proneness
        if given_at and not basket.is_return and chance(rng, 0.05 + proneness):
            complains = chance(rng, proneness * 2)
            answers.append((given_at, _feedback(rng, row, given_at, complains=complains)))
    answers.sort(key=lambda answer: (answer[0], str(answer[1]["order_id"])))
    for number, (_, cells) in enumerate(answers, start=1):
        draft.add(".csv", {"feedback_id": f"F{number:04d}", **cells})
    rated = [row for row in draft.rows if row.cells["rating"] is not None]
    draft.repeat(rated[9])
    faults: tuple[Fault, ...] = (
        ("customer_id", None, NULL),
        ("given_at", "2026-02-30 08:00:00", not_a("timestamp")),
        ("rating", "11", OUT_OF_RANGE),
        ("rating", "good", not_a("decimal")),
    )
    spoil(draft, rated[15::9], faults, key="feedback_id")
    return draft


def _feedback(rng: Random, order: Row, given_at: datetime, *, complains: bool) -> dict[str, Cell]:
    kind = "complaint" if complains else rng.choice(("nps", "csat", "review"))
    top = 10 if kind == "nps" else 5
    rating = None if complains else max(top // 5, top - int(rng.random() ** 2 * top))
    resolved_at = later(rng, given_at, 2, 40) if complains and chance(rng, 0.8) else None
    return {
        "customer_id": order.cells["customer_id"],
        "given_at": stamp(given_at),
        "feedback_type": kind,
        "rating": rating,
        "order_id": order.cells["order_id"],
        "resolved_at": stamp(resolved_at),
    }


def draft_leads(seed: int, population: Population) -> Draft:
    """Draft opportunities, the only table that says when each row was loaded.

    Some leads are delivered twice, the newer state in the file that comes first by name, so that
    only `_loaded_at` tells which wins.

    Args:
        seed: Seed of the generator.
        population: Everybody; prospects have most of the leads.

    Returns:
        The drafted table.
    """
    rng = Random(f"leads {seed}")
    draft = Draft("crm.leads", LEADS)
    people = [p for p in population.of_role("prospect") if chance(rng, 0.8)]
    people += [p for p in population.of_role("buyer") if chance(rng, 0.2)]
    people += population.of_role("outsider")[6:8]
    for number, person in enumerate(people, start=1):
        draft.add("a.csv", _lead(rng, number, person))
    open_leads = [row for row in draft.rows if row.cells["outcome"] is None]
    for row in open_leads[:6]:
        _deliver_older_state(draft, row)
    for row in open_leads[6:9]:
        newer: dict[str, Cell] = {"stage": "negotiation", "_loaded_at": "2025-06-29 23:00:00"}
        draft.correct(row, "b.csv", **newer)
    draft.repeat(open_leads[9])
    draft.repeat(open_leads[10], "b.csv")
    faults: tuple[Fault, ...] = (
        ("customer_id", None, NULL),
        ("_loaded_at", "2024-01-04 00:00:00", LATER),
        ("created_at", "2099-01-01 00:00:00", LATER),
        ("amount", "-10.00", OUT_OF_RANGE),
        ("currency", "XXX", NO_RATE),
    )
    spoil(draft, open_leads[11:], faults, key="lead_id")
    return draft


def _lead(rng: Random, number: int, person: Person) -> dict[str, Cell]:
    created_at = moment(rng, day_at(rng.randrange(60, (LAST_DAY - day_at(0)).days - 40)))
    outcome_at = later(rng, created_at, 5, 90) if chance(rng, 0.65) else None
    won = chance(rng, 0.15 + 0.6 * person.responsiveness)
    return {
        "lead_id": f"L{number:04d}",
        "customer_id": person.customer_id,
        "created_at": stamp(created_at),
        "offer_id": rng.choice(("OFF07", "OFF08", "OFF05", None)),
        "lead_source": rng.choice(("web", "fair", "partner", "téléphone")),
        "stage": "closed" if outcome_at else rng.choice(("new", "qualified", "proposal")),
        "outcome": ("won" if won else "lost") if outcome_at else None,
        "outcome_at": stamp(outcome_at),
        "amount": money(rng.randrange(50, 3000) * 1000),
        "currency": person.currency,
        "_loaded_at": "2025-06-29 22:00:00",
    }


def _deliver_older_state(draft: Draft, row: Row) -> None:
    older: dict[str, Cell] = {"stage": "first contact", "_loaded_at": "2025-06-29 21:00:00"}
    draft.add("b.csv", {**row.cells, **older}).status = "superseded"
