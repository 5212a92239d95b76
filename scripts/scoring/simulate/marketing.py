"""Touches and answers: who is approached, under what pressure, and who answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from scoring.simulate.catalogue import CHANNEL_WEIGHTS
from scoring.simulate.columns import DAY, amounts, chance, keys, pick, plain, same, times
from scoring.simulate.delivery import Delivery, deliver
from scoring.simulate.people import CHANNELS_OF_CONSENT

if TYPE_CHECKING:
    from scoring.contract import Table
    from scoring.simulate.block import Block
    from scoring.simulate.columns import Bools, Floats, Ints
    from scoring.simulate.sales import Orders

PRESSURE_HALF_LIFE_DAYS: Final = 14
RESPONSE: Final = {
    "responsiveness": 1.0,
    "affinity": 0.8,
    "incentive_gain": 1.0,
    "pressure_loss": 2.5,
    "inactive": -2.5,
    "prospect": -1.0,
    "interest": 1.8,
}
"""Log-odds of an answer: per unit of a trait, at most for incentive and pressure, or flat.

`interest` is added for a look at what was offered, which is more often than an answer."""
_FAILED_SHARE: Final = 0.01
_STATUSES: Final = ("sent", "failed", "planned")
_SENT, _FAILED, _PLANNED = range(3)


@dataclass(frozen=True)
class Touches:
    """Approaches of a block of people, by person and campaign, and the answers to them.

    Attributes:
        person: place of the person in the block.
        campaign: place of the campaign.
        second: when, seconds since 1970.
        status: place in the list of statuses.
        is_control: held out.
        answered: places of the touches that were answered.
        answered_at: when.
        interested: places of the touches that led to a visit of the offer, answered or not.
        pressure: weighted touches that weigh on each person at the end of the period.
        response_rate: mean probability of an answer over all campaigns, pressure left out.
    """

    person: Ints
    campaign: Ints
    second: Ints
    status: Ints
    is_control: Bools
    answered: Ints
    answered_at: Ints
    interested: Ints
    pressure: Floats
    response_rate: Floats


def draw_touches(block: Block) -> Touches:
    """Draw the touches of a block and the answers to them."""
    plan, people, catalogue = block.plan, block.people, block.catalogue
    rng = block.stream("touches")
    starts = catalogue.campaign_starts * DAY
    shape = (len(people), len(starts))
    is_chosen = _targeted(block, rng) & (people.created[:, None] < starts)
    seconds = starts + rng.integers(8 * 3600, 20 * 3600, shape)
    status = np.where(rng.random(shape) < _FAILED_SHARE, _FAILED, _SENT)
    status[:, starts >= plan.end_second] = _PLANNED
    is_sent = is_chosen & ~people.is_holdout[:, None] & (status == _SENT)

    weights = np.array([CHANNEL_WEIGHTS[name] for name in catalogue.campaign_channels], dtype=float)
    ages = (starts[:, None] - starts[None, :]) / DAY
    felt = np.where(ages > 0, 0.5 ** (np.abs(ages) / PRESSURE_HALF_LIFE_DAYS), 0) * weights
    pressure = is_sent.astype(float) @ felt.T
    at_end = 0.5 ** ((plan.end_second - starts) / DAY / PRESSURE_HALF_LIFE_DAYS)

    at_rest = _odds_at_rest(block)
    loss = RESPONSE["pressure_loss"] * pressure / (pressure + people.tolerance[:, None])
    is_inactive = starts / DAY > (plan.start_second / DAY + people.last_day)[:, None]
    odds = at_rest - loss + RESPONSE["inactive"] * is_inactive
    delays = rng.exponential(4, shape).clip(0, catalogue.campaign_days - 1)
    answered_at = (seconds + delays * DAY + 60).astype(np.int64)
    answers = is_sent & (rng.random(shape) < _sigmoid(odds)) & (answered_at < plan.end_second)

    looks = block.stream("interest").random(shape) < _sigmoid(odds + RESPONSE["interest"])
    is_interested = answers | (is_sent & looks)
    person, campaign = np.nonzero(is_chosen)
    return Touches(
        person=person,
        campaign=campaign,
        second=seconds[is_chosen],
        # Who is held out is not approached, so nothing can fail; the future is planned for all.
        status=np.where(
            people.is_holdout[person] & (status[is_chosen] == _FAILED), _SENT, status[is_chosen]
        ),
        is_control=people.is_holdout[person],
        answered=np.flatnonzero(answers[is_chosen]),
        answered_at=answered_at[answers],
        interested=np.flatnonzero(is_interested[is_chosen]),
        pressure=is_sent[:, :-1].astype(float) @ (weights * at_end)[:-1],
        response_rate=_sigmoid(at_rest).mean(axis=1),
    )


def deliver_touches(block: Block, touches: Touches, table: Table) -> Delivery:
    """The rows of `marketing.touches` that belong to campaigns."""
    people, catalogue = block.people, block.catalogue
    count = len(touches.person)
    numbers = people.numbers[touches.person] * 10_000 + touches.campaign
    columns = {
        "touch_id": keys("T", numbers, 13),
        "customer_id": pick(people.keys, touches.person),
        "campaign_id": pick(catalogue.campaign_keys, touches.campaign),
        "touched_at": times(touches.second),
        "channel": pick(catalogue.campaign_channels, touches.campaign),
        "is_transactional": plain(np.zeros(count, dtype=bool)),
        "is_control": plain(touches.is_control),
        "status": pick(_STATUSES, touches.status),
    }
    loaded = block.plan.delivered_at_random(touches.second, block.stream("touches loaded"))
    return deliver(table, columns, loaded)


def deliver_messages(block: Block, orders: Orders, table: Table) -> Delivery:
    """The rows of `marketing.touches` that people need: delivery notices after orders."""
    plan, people = block.plan, block.people
    rng = block.stream("messages")
    is_told = chance(rng, plan.sector.transactional_share, len(orders.person))
    told = np.flatnonzero(is_told & (orders.second + 3600 < plan.end_second))
    numbers = people.numbers[orders.person[told]] * 10_000 + orders.place[told]
    count = len(told)
    columns: dict[str, Any] = {
        "touch_id": keys("M", numbers, 13),
        "customer_id": pick(people.keys, orders.person[told]),
        "campaign_id": same(None, count),
        "touched_at": times(orders.second[told] + 3600),
        "channel": pick(["email", "sms"], chance(rng, 0.3, count).astype(np.int64)),
        "is_transactional": plain(np.ones(count, dtype=bool)),
        "is_control": plain(np.zeros(count, dtype=bool)),
        "status": same("sent", count),
    }
    loaded = plan.delivered_at_random(orders.second[told] + 3600, rng)
    return deliver(table, columns, loaded)


def deliver_responses(block: Block, touches: Touches, orders: Orders, table: Table) -> Delivery:
    """The rows of `marketing.responses`; the amount is that of the order that came with it."""
    people = block.people
    answered = touches.answered
    person, campaign = touches.person[answered], touches.campaign[answered]
    cents = np.zeros(len(answered), dtype=np.int64)
    has_order = np.zeros(len(answered), dtype=bool)
    came = orders.answer >= 0
    cents[orders.answer[came]] = orders.amount[came]
    has_order[orders.answer[came]] = True
    numbers = people.numbers[person] * 10_000 + campaign
    columns = {
        "response_id": keys("R", numbers, 13),
        "customer_id": pick(people.keys, person),
        "campaign_id": pick(block.catalogue.campaign_keys, campaign),
        "touch_id": keys("T", numbers, 13),
        "responded_at": times(touches.answered_at),
        "response_type": pick(["click", "order"], has_order.astype(np.int64)),
        "amount": amounts(cents, has_order),
        "currency": pick(orders.currencies, orders.currency_of_person[person]),
    }
    loaded = block.plan.delivered_at_random(touches.answered_at, block.stream("responses loaded"))
    return deliver(table, columns, loaded)


def _targeted(block: Block, rng: np.random.Generator) -> Bools:
    """Whom each campaign picks: partly by traits, partly at random, only with consent."""
    plan, people, catalogue = block.plan, block.people, block.catalogue
    share = plan.sector.target_share
    liked = people.affinity[:, catalogue.campaign_offers]
    liking = 0.9 * people.solicitation[:, None] + 0.4 * liked
    aimed = _sigmoid(np.log(share / (1 - share)) + liking)
    chance = plan.sector.random_share * share + (1 - plan.sector.random_share) * aimed
    allowed = np.ones(chance.shape, dtype=bool)
    for place, channel in enumerate(catalogue.campaign_channels):
        if channel in CHANNELS_OF_CONSENT:
            allowed[:, place] = people.consents[:, CHANNELS_OF_CONSENT.index(channel)]
    return allowed & (rng.random(chance.shape) < chance)


def _odds_at_rest(block: Block) -> Floats:
    """Log-odds of an answer of each person to each campaign without any pressure."""
    plan, people, catalogue = block.plan, block.people, block.catalogue
    half = max(plan.sector.incentive * 100, 1)
    gain = RESPONSE["incentive_gain"] * catalogue.incentives / (catalogue.incentives + half)
    return np.asarray(
        plan.sector.response_base
        + catalogue.appeals
        + gain
        + RESPONSE["responsiveness"] * people.responsiveness[:, None]
        + RESPONSE["affinity"] * people.affinity[:, catalogue.campaign_offers]
        + RESPONSE["prospect"] * people.is_prospect[:, None]
    )


def _sigmoid(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)))
