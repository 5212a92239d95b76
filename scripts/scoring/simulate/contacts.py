"""What people do and say: interactions, feedback, leads, and the outcomes to be predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from scoring.simulate.catalogue import offer_keys
from scoring.simulate.columns import (
    DAY,
    amounts,
    chance,
    decimals,
    draw,
    keys,
    pick,
    places_in_group,
    plain,
    same,
    times,
)
from scoring.simulate.delivery import Delivery, deliver, deliver_known_later

if TYPE_CHECKING:
    from scoring.contract import Table
    from scoring.simulate.block import Block
    from scoring.simulate.columns import Floats, Ints
    from scoring.simulate.marketing import Touches
    from scoring.simulate.sales import Orders

FEEDBACK_TYPES: Final = ("nps", "csat", "review", "complaint")
_COMPLAINT: Final = 3
_BOT_SHARE: Final = 0.03
_CLICKED_SHARE: Final = 0.2
"""Opened e-mails that are clicked too."""
_CHANNELS: Final = {
    "web_visit": "web", "visit": "store", "call": "phone", "chat": "web", "form": "web",
    "email_open": "email", "email_click": "email",
}  # fmt: skip


def deliver_interactions(block: Block, touches: Touches, table: Table) -> Delivery:
    """The rows of `crm.interactions`: visits at any time, opens and clicks after e-mails."""
    plan, people = block.plan, block.people
    rng = block.stream("interactions")
    first = np.maximum(people.created, plan.start_second)
    stop = plan.start_second + (np.minimum(people.last_day, plan.days) * DAY).astype(np.int64)
    last = np.where(people.first_day < plan.days, stop, plan.end_second)
    length = np.maximum(last - first, 0)
    expected = interaction_rate(block) * length / (365 * DAY)
    person = np.repeat(np.arange(len(people)), rng.poisson(expected))
    second = first[person] + (rng.random(len(person)) * length[person]).astype(np.int64)
    kind = draw(rng, [weight for _, weight in plan.sector.interaction_types], len(person))
    names = [name for name, _ in plan.sector.interaction_types]
    email = len(names)
    opened = _opened(block, rng, touches)
    visited = _visited(block, touches)
    person = np.concatenate((person, opened[0], visited[0]))
    second = np.concatenate((second, opened[1], visited[1]))
    campaign = np.concatenate((np.full(len(kind), -1), opened[2], visited[2]))
    visit = np.full(len(visited[0]), names.index("web_visit"))
    kind = np.concatenate((kind, email + opened[3], visit))
    names += ["email_open", "email_click"]

    order = np.lexsort((second, person))
    person, second, campaign, kind = person[order], second[order], campaign[order], kind[order]
    count = len(order)
    is_bot = chance(rng, _BOT_SHARE, count)
    is_known = rng.random(count) >= plan.sector.anonymous_share
    has_length = np.isin(kind, [place for place, name in enumerate(names) if "email" not in name])
    columns: dict[str, Any] = {
        "interaction_id": keys("I", people.numbers[person] * 10_000 + places_in_group(person), 13),
        "customer_id": pick(people.keys, person, is_known),
        "occurred_at": times(second),
        "interaction_type": pick(names, kind),
        "channel": pick([_CHANNELS[name] for name in names], kind),
        "campaign_id": pick(block.catalogue.campaign_keys, campaign.clip(min=0), campaign >= 0),
        "is_bot": plain(is_bot),
        "duration_seconds": plain(rng.exponential(180, count).astype(np.int64), has_length),
    }
    return deliver(table, columns, plan.delivered_at_random(second, rng))


def interaction_rate(block: Block) -> Floats:
    """Interactions a year of each person, those that approaches bring about apart."""
    people = block.people
    liking = np.exp(0.7 * people.digital + 0.3 * people.activity - 0.3)
    return np.asarray(block.plan.sector.interactions_per_year * liking)


def deliver_feedback(block: Block, orders: Orders, table: Table) -> Delivery:
    """The rows of `crm.feedback`; a complaint is settled later."""
    plan, people = block.plan, block.people
    rng = block.stream("feedback")
    count = len(orders.person)
    content = people.satisfaction[orders.person]
    complaint = plan.sector.complaint_share * np.exp(-0.9 * content)
    lot = rng.random(count)
    said_at = orders.second + (rng.exponential(4, count) * DAY).astype(np.int64) + 3600
    rated_until = complaint + plan.sector.feedback_share
    says = np.flatnonzero((lot < rated_until) & (said_at < plan.end_second))
    is_complaint = lot[says] < complaint[says]
    kind = np.where(is_complaint, _COMPLAINT, draw(rng, (4, 3, 3), len(says)))
    felt = content[says] + 0.6 * rng.standard_normal(len(says))
    rating = np.where(kind == 0, np.rint(7.5 + 1.8 * felt).clip(0, 10), 0.0)
    rating = np.where(np.isin(kind, (1, 2)), np.rint(3.9 + 0.9 * felt).clip(1, 5), rating)
    settled_at = said_at[says] + (rng.exponential(9, len(says)) * DAY).astype(np.int64) + 3600
    is_settled = is_complaint & chance(rng, 0.9, len(says))
    columns: dict[str, Any] = {
        "feedback_id": keys(
            "F", people.numbers[orders.person[says]] * 10_000 + orders.place[says], 13
        ),
        "customer_id": pick(people.keys, orders.person[says]),
        "given_at": times(said_at[says]),
        "feedback_type": pick(FEEDBACK_TYPES, kind),
        "rating": decimals(rating, ~is_complaint),
        "order_id": orders.keys.take(pa.array(says)),
        "resolved_at": times(settled_at, is_settled),
    }
    loaded = plan.delivered_at_random(said_at[says], rng)
    known = np.where(is_settled, settled_at, -1)
    return deliver_known_later(
        plan, table, columns, loaded, known=known, before={"resolved_at": None}
    )


def deliver_leads(block: Block, table: Table) -> Delivery:
    """The rows of `crm.leads`: won by fit, known when they end."""
    plan, people = block.plan, block.people
    rng = block.stream("leads")
    who = np.flatnonzero(people.lead_at >= 0)
    count = len(who)
    is_ended = people.lead_outcome_at[who] >= 0
    outcome = np.where(people.is_lead_won[who], 0, 1)
    typical = plan.sector.lines_per_order * plan.sector.categories[0].price
    worth = np.rint(100 * typical * np.exp(rng.standard_normal(count))).astype(np.int64)
    columns: dict[str, Any] = {
        "lead_id": keys("L", people.numbers[who], 9),
        "customer_id": pick(people.keys, who),
        "created_at": times(people.lead_at[who]),
        "offer_id": pick(offer_keys(plan), people.affinity[who].argmax(axis=1)),
        "lead_source": pick(["web_form", "referral", "fair", "call"], rng.integers(0, 4, count)),
        "stage": pick(["won", "lost", "open"], np.where(is_ended, outcome, 2)),
        "outcome": pick(["won", "lost"], outcome, is_ended),
        "outcome_at": times(people.lead_outcome_at[who], is_ended),
        "amount": amounts(worth),
        "currency": same(plan.sector.currencies[0][0], count),
    }
    loaded = plan.delivered_at_random(people.lead_at[who], rng)
    before = {"stage": "open", "outcome": None, "outcome_at": None}
    known = people.lead_outcome_at[who]
    return deliver_known_later(plan, table, columns, loaded, known=known, before=before)


def deliver_outcomes(block: Block, table: Table) -> Delivery:
    """The rows of `outcomes.events`: more for those who order and spend much."""
    plan, people = block.plan, block.people
    rng = block.stream("outcomes")
    first = (people.first_day * DAY).astype(np.int64)
    length = np.maximum((np.minimum(people.last_day, plan.days) * DAY).astype(np.int64) - first, 0)
    liking = np.exp(0.6 * people.activity + 0.4 * people.spending - 0.3)
    expected = plan.sector.outcomes_per_year * liking * length / (365 * DAY)
    person = np.repeat(np.arange(len(people)), rng.poisson(expected).clip(max=99))
    count = len(person)
    second = (
        plan.start_second + first[person] + (rng.random(count) * length[person]).astype(np.int64)
    )
    columns: dict[str, Any] = {
        "event_id": keys("E", people.numbers[person] * 100 + places_in_group(person), 11),
        "customer_id": pick(people.keys, person),
        "outcome_name": same(plan.sector.outcome, count),
        "occurred_at": times(second),
        "amount": amounts(np.rint(2_000 * people.price_level(0.5)[person]).astype(np.int64)),
        "currency": same(plan.sector.currencies[0][0], count),
    }
    return deliver(table, columns, plan.delivered_at_random(second, rng))


def _opened(
    block: Block, rng: np.random.Generator, touches: Touches
) -> tuple[Ints, Ints, Ints, Ints]:
    """Opens (0) and clicks (1) of e-mails that were sent: person, second, campaign, kind."""
    people = block.people
    is_email = np.array([name == "email" for name in block.catalogue.campaign_channels])
    is_sent = (touches.status == 0) & ~touches.is_control & is_email[touches.campaign]
    chance = 1 / (1 + np.exp(1 - 0.6 * people.digital - 0.4 * people.responsiveness))
    lot = rng.random(len(touches.person)) / chance[touches.person]
    second = touches.second + (rng.exponential(0.5, len(lot)) * DAY).astype(np.int64) + 60
    happens = is_sent & (second + 120 < block.plan.end_second)
    opens = np.flatnonzero(happens & (lot < 1))
    clicks = np.flatnonzero(happens & (lot < _CLICKED_SHARE))
    which = np.concatenate((opens, clicks))
    kind = np.repeat(np.arange(2), (len(opens), len(clicks)))
    return touches.person[which], second[which] + 60 * kind, touches.campaign[which], kind


def _visited(block: Block, touches: Touches) -> tuple[Ints, Ints, Ints]:
    """Visits of what an approach offered: person, second, campaign."""
    rng = block.stream("campaign visits")
    which = touches.interested
    second = touches.second[which] + (rng.exponential(1, len(which)) * DAY).astype(np.int64) + 90
    happens = second < block.plan.end_second
    return touches.person[which][happens], second[happens], touches.campaign[which][happens]
