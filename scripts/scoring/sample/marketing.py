"""`marketing.touches` and `marketing.responses`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from scoring.sample.baskets import Basket
from scoring.sample.catalogue import ALL_CAMPAIGNS, SUMMER, UNKNOWN_CAMPAIGN, Campaign
from scoring.sample.draft import Cell, Draft, Row
from scoring.sample.faults import NO_RATE, NULL, OUT_OF_RANGE, Fault, not_a, spoil
from scoring.sample.people import Person, Population
from scoring.sample.timeline import DAY_COUNT, chance, day_at, later, moment, money, stamp

TOUCHES: Final = (
    "touch_id", "customer_id", "campaign_id", "touched_at", "channel", "is_transactional",
    "is_control", "status",
)  # fmt: skip
RESPONSES: Final = (
    "response_id", "customer_id", "campaign_id", "touch_id", "responded_at", "response_type",
    "amount", "currency",
)  # fmt: skip
CONTROL_SHARE: Final = 0.1
FAILED_SHARE: Final = 0.02


@dataclass(frozen=True)
class Touch:
    """One approach before it is written.

    Attributes:
        person: Who was approached.
        campaign: Of which campaign; None for a message outside any.
        touched_at: When.
        channel: By which means.
        status: `sent`, `planned` or `failed`.
        is_control: Held out.
        is_transactional: A message that the person needs.
    """

    person: Person
    campaign: Campaign | None
    touched_at: datetime
    channel: str
    status: str = "sent"
    is_control: bool = False
    is_transactional: bool = False


def simulate_touches(seed: int, population: Population, baskets: list[Basket]) -> list[Touch]:
    """Draw all approaches, in order of time.

    Args:
        seed: Seed of the generator.
        population: Everybody; outsiders are not approached.
        baskets: Web purchases get a delivery notice, now and then.

    Returns:
        Approaches by time, the planned ones of the coming summer last.
    """
    rng = Random(f"touches {seed}")
    people = population.of_role("buyer", "prospect", "duplicate")
    touches = [
        touch
        for campaign in ALL_CAMPAIGNS
        for person in people
        if chance(rng, person.pressure * 0.9)
        for touch in [_campaign_touch(rng, person, campaign)]
        if touch
    ]
    for person in people:
        for _ in range(int(person.pressure**3 * rng.randrange(0, 9))):
            when = moment(rng, day_at(rng.randrange(DAY_COUNT)))
            touches.append(Touch(person, None, when, rng.choice(("email", "email", "visit"))))
    for basket in baskets:
        sent_at = later(rng, basket.ordered_at, 1, 2) if basket.channel == "web" else None
        if sent_at and not basket.is_return and chance(rng, 0.35):
            touches.append(Touch(basket.person, None, sent_at, "email", is_transactional=True))
    for person in people[::7]:
        when = moment(rng, SUMMER.start + timedelta(days=rng.randrange(30)))
        touches.append(Touch(person, SUMMER, when.replace(minute=0), "email", "planned"))
    return sorted(touches, key=lambda touch: (touch.touched_at, touch.person.customer_id))


def _campaign_touch(rng: Random, person: Person, campaign: Campaign) -> Touch | None:
    when = moment(rng, campaign.start + timedelta(days=rng.randrange(3)))
    if when.date() < day_at(person.first_day):
        return None
    is_control = campaign.has_control and chance(rng, CONTROL_SHARE)
    failed = not is_control and chance(rng, FAILED_SHARE)
    status = "failed" if failed else "sent"
    return Touch(person, campaign, when, campaign.channel, status, is_control)


def draft_marketing(seed: int, touches: list[Touch]) -> tuple[Draft, Draft]:
    """Draft touches, in hive partitions by year, and the answers to them.

    Args:
        seed: Seed of the generator.
        touches: All approaches, in order of time.

    Returns:
        `marketing.touches` and `marketing.responses`.
    """
    rng = Random(f"responses {seed}")
    drafted = Draft("marketing.touches", TOUCHES)
    answers: list[dict[str, Cell]] = []
    for number, touch in enumerate(touches, start=1):
        row = _add_touch(drafted, number, touch)
        answer = _answer(rng, touch, row)
        if answer:
            answers.append(answer)
    responses = Draft("marketing.responses", RESPONSES)
    answers.sort(key=lambda cells: (str(cells["responded_at"]), str(cells["touch_id"])))
    for number, answer in enumerate(answers, start=1):
        if chance(rng, 0.12):
            answer["touch_id"] = None
        responses.add(".csv", {"response_id": f"R{number:04d}", **answer})
    _plant_touches(drafted)
    _plant_responses(responses)
    return drafted, responses


def _add_touch(drafted: Draft, number: int, touch: Touch) -> Row:
    # One in forty of the messages outside a campaign names a campaign that nobody described.
    unknown = UNKNOWN_CAMPAIGN if number % 40 == 0 and not touch.is_transactional else None
    cells: dict[str, Cell] = {
        "touch_id": f"T{number:05d}",
        "customer_id": touch.person.customer_id,
        "campaign_id": touch.campaign.campaign_id if touch.campaign else unknown,
        "touched_at": stamp(touch.touched_at),
        "channel": touch.channel,
        "is_transactional": touch.is_transactional,
        "is_control": touch.is_control,
        "status": touch.status,
    }
    return drafted.add(f"year={touch.touched_at.year}/part.csv", cells)


def _answer(rng: Random, touch: Touch, row: Row) -> dict[str, Cell] | None:
    campaign = touch.campaign
    if not campaign or touch.status != "sent" or touch.is_control:
        return None
    if not chance(rng, 0.02 + 0.35 * touch.person.responsiveness * campaign.appeal):
        return None
    when = later(rng, touch.touched_at, 0, 14)
    when = when + timedelta(hours=3) if when else None
    if not when or when <= touch.touched_at:
        return None
    kind = rng.choice(("redemption", "order") if campaign.campaign_type == "coupon" else ("click",))
    return {
        "customer_id": row.cells["customer_id"],
        "campaign_id": campaign.campaign_id,
        "touch_id": row.cells["touch_id"],
        "responded_at": stamp(when),
        "response_type": kind,
        "amount": money(rng.randrange(500, 9000)) if kind == "order" else None,
        "currency": touch.person.currency if kind == "order" else None,
    }


def _plant_touches(touches: Draft) -> None:
    good = [row for row in touches.rows if row.cells["status"] == "sent"]
    touches.repeat(good[20])
    touches.repeat(good[21], "year=2025/part.csv")
    for row in good[40:43]:
        touches.correct(row, "year=2025/part.csv", status="failed")
    for row in good[-6:-3]:
        row.cells["status"] = "planned"
    faults: tuple[Fault, ...] = (
        ("touch_id", None, NULL),
        ("customer_id", None, NULL),
        ("touched_at", "2099-01-01 09:00:00", OUT_OF_RANGE),
        ("touched_at", "1970-01-01 00:00:00", OUT_OF_RANGE),
        ("touched_at", "2026-02-30 09:00:00", not_a("timestamp")),
        ("is_control", "perhaps", not_a("boolean")),
    )
    spoil(touches, good[100::150], faults, key="touch_id")


def _plant_responses(responses: Draft) -> None:
    ordered = [row for row in responses.rows if row.cells["response_type"] == "order"]
    responses.repeat(responses.rows[7])
    faults: tuple[Fault, ...] = (
        ("customer_id", None, NULL),
        ("campaign_id", None, NULL),
        ("responded_at", "1970-01-01 00:00:00", OUT_OF_RANGE),
        ("responded_at", "2099-01-01 00:00:00", "later_than_delivery"),
        ("currency", "XXX", NO_RATE),
    )
    spoil(responses, ordered[3:], faults, key="response_id")
