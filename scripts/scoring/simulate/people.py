"""The latent causes: what each person is like, and when they come and go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from scoring.simulate.columns import DAY, chance, keys
from scoring.simulate.plan import BLOCK

if TYPE_CHECKING:
    import pyarrow as pa

    from scoring.simulate.columns import Bools, Floats, Ints
    from scoring.simulate.plan import Plan

NEVER: Final = -1
"""Stands for a time that has not come."""
DUPLICATE_SHARE: Final = 0.01
CHANNELS_OF_CONSENT: Final = ("email", "phone", "sms", "post")
_CONSENT_SHARES: Final = (0.85, 0.6, 0.7, 0.9)
_CALIBRATION_PEOPLE: Final = 20_000
_MOST_TENURE_DAYS: Final = 2_000


@dataclass(frozen=True)
class People:
    """One entry per person of a block. Inclinations are standard normal unless stated.

    Attributes:
        numbers: from 1 over the whole simulation.
        keys: keys of everybody, then the keys of their second records.
        is_prospect: had not bought when the period started.
        fit: how well a prospect suits the company.
        activity: liking to order.
        spending: liking for dear things.
        satisfaction: contentment.
        risk: difficulty in paying.
        digital: liking for the web and e-mail.
        responsiveness: liking to answer campaigns.
        solicitation: how much marketing picks the person.
        coupon_liking: liking for coupons.
        tolerance: pressure at which half of the loss of response has come, in weighted touches.
        evenness: shape of the gamma gaps between orders: 1 random, higher is more even.
        basket: mean lines of an order.
        order_rate: orders a day on a day of season 1, while active.
        taste: cumulative share of each category, one row per person.
        affinity: liking for each offer, one row per person.
        created: seconds since 1970 at which the person entered the CRM.
        first_day: start of buying, in days of the period; the end where it never comes.
        last_day: day after which the person never buys again; beyond the end where still active.
        lead_at: when a lead was opened, or `NEVER`.
        lead_outcome_at: when it was won or lost, or `NEVER`.
        is_lead_won: the lead was won.
        merged_at: when the second record was merged into the first; `NEVER` where there is none.
        is_holdout: never approached, so that campaigns can be compared.
        consents: one column per channel of consent.
    """

    numbers: Ints
    keys: pa.Array
    is_prospect: Bools
    fit: Floats
    activity: Floats
    spending: Floats
    satisfaction: Floats
    risk: Floats
    digital: Floats
    responsiveness: Floats
    solicitation: Floats
    coupon_liking: Floats
    tolerance: Floats
    evenness: Floats
    basket: Floats
    order_rate: Floats
    taste: Floats
    affinity: Floats
    created: Ints
    first_day: Floats
    last_day: Floats
    lead_at: Ints
    lead_outcome_at: Ints
    is_lead_won: Bools
    merged_at: Ints
    is_holdout: Bools
    consents: Bools

    def __len__(self) -> int:
        """Number of people."""
        return len(self.numbers)

    def price_level(self, spread: float) -> Floats:
        """Factor on the prices that a person pays; 1 on average over people."""
        return np.exp(spread * self.spending - spread**2 / 2)


def draw_people(plan: Plan, block: int, base_rate: float) -> People:
    """Draw the people of a block.

    Args:
        plan: the simulation.
        block: number of the block, from 0.
        base_rate: orders a day of a middling customer, from `calibrate`.
    """
    return _draw(plan, plan.stream("people", block), plan.block_size(block), block, base_rate)


def calibrate(plan: Plan, lines_from_answers: float) -> float:
    """Orders a day of a middling customer that give the lines asked for, found by trying.

    Args:
        plan: the simulation.
        lines_from_answers: lines per person of the orders that come with answers to campaigns.
    """
    people = _draw(plan, plan.stream("calibration"), _CALIBRATION_PEOPLE, 0, 1.0)
    exposure = plan.season_until(people.last_day.clip(max=plan.days)) - plan.season_until(
        people.first_day
    )
    lines = people.order_rate * people.basket * exposure
    wanted = max(plan.lines_per_customer - lines_from_answers, 0.01 * plan.lines_per_customer)
    # A return is an order of one line.
    per_person = float(lines.mean()) * (1 + plan.sector.return_share / plan.sector.lines_per_order)
    return max(wanted / max(per_person, 1e-9), 1e-9)


def _draw(plan: Plan, rng: np.random.Generator, count: int, block: int, base_rate: float) -> People:
    sector = plan.sector
    fit, activity, spending, satisfaction, risk, tolerance, digital, answer, picked, coupon = (
        rng.standard_normal((10, count))
    )
    spending = 0.3 * fit + np.sqrt(1 - 0.3**2) * spending
    risk = np.sqrt(1 - 0.25**2) * risk - 0.25 * fit
    tolerance = 0.4 * satisfaction + np.sqrt(1 - 0.4**2) * tolerance
    answer = 0.3 * activity + 0.3 * digital + np.sqrt(1 - 0.18) * answer
    picked = 0.3 * activity + np.sqrt(1 - 0.3**2) * picked
    numbers = block * BLOCK + 1 + np.arange(count)
    is_prospect = chance(rng, sector.prospect_share, count)
    first_day, created = _arrivals(plan, rng, is_prospect)
    lead_at, outcome_at, is_won = _leads(plan, rng, is_prospect, fit, created)
    # A prospect whose lead is won buys from then on; the others never do.
    first_day = np.where(
        is_prospect, np.where(is_won, (outcome_at - plan.start_second) / DAY, plan.days), first_day
    )
    years = rng.exponential(1, count) / (sector.churn_per_year * np.exp(-0.5 * satisfaction))
    liking = rng.standard_normal((count, len(sector.categories)))
    taste = np.exp(liking) * [category.weight for category in sector.categories]
    taste = np.cumsum(taste / taste.sum(axis=1, keepdims=True), axis=1)
    names = [category.name for category in sector.categories]
    offered = [names.index(offer.category) for offer in sector.offers]
    affinity = 0.8 * liking[:, offered] + 0.6 * rng.standard_normal((count, len(sector.offers)))
    spread = sector.rate_spread
    merged_at = plan.start_second + rng.integers(0, plan.days * DAY, count)
    return People(
        numbers=numbers,
        keys=_keys(numbers),
        is_prospect=is_prospect,
        fit=fit,
        activity=activity,
        spending=spending,
        satisfaction=satisfaction,
        risk=risk,
        digital=digital,
        responsiveness=answer,
        solicitation=picked,
        coupon_liking=coupon,
        tolerance=3 * np.exp(0.5 * tolerance),
        evenness=np.exp(0.5 + 0.8 * rng.standard_normal(count)),
        basket=1 + (sector.lines_per_order - 1) * np.exp(0.3 * rng.standard_normal(count) - 0.045),
        order_rate=base_rate * np.exp(spread * activity - spread**2 / 2),
        taste=taste,
        affinity=affinity,
        created=created,
        first_day=first_day,
        last_day=first_day + 365 * years,
        lead_at=lead_at,
        lead_outcome_at=outcome_at,
        is_lead_won=is_won,
        merged_at=np.where(chance(rng, DUPLICATE_SHARE, count), merged_at, NEVER),
        is_holdout=_hashed_share(numbers, plan.seed) < sector.holdout_share,
        consents=rng.random((count, len(_CONSENT_SHARES))) < np.asarray(_CONSENT_SHARES),
    )


def win_chance(fit: Floats) -> Floats:
    """Probability that a lead is won, by fit."""
    return np.asarray(1 / (1 + np.exp(0.4 - 1.4 * fit)))


def _keys(numbers: Ints) -> pa.Array:
    import pyarrow as pa

    return pa.concat_arrays([keys("C", numbers, 9), keys("D", numbers, 9)])


def _arrivals(plan: Plan, rng: np.random.Generator, is_prospect: Bools) -> tuple[Floats, Ints]:
    """First day of the period on which each buys, and when each entered the CRM."""
    count = len(is_prospect)
    is_old = chance(rng, plan.sector.existing_share, count)
    first_day = np.where(is_old, 0.0, rng.random(count) * plan.days)
    before = rng.integers(1, _MOST_TENURE_DAYS, count) * DAY
    created = plan.start_second + np.where(is_old, -before, (first_day * DAY).astype(np.int64))
    # A customer was known before the first order, by some hours at least.
    is_early = is_old | ~is_prospect
    return first_day, created - np.where(is_early, rng.integers(0, DAY, count), 0)


def _leads(
    plan: Plan, rng: np.random.Generator, is_prospect: Bools, fit: Floats, created: Ints
) -> tuple[Ints, Ints, Bools]:
    """When a prospect's lead was opened and ended, and whether it was won."""
    count = len(fit)
    earliest = np.maximum(created, plan.start_second)
    opened = earliest + (rng.random(count) * (plan.end_second - earliest)).astype(np.int64)
    has_lead = is_prospect & chance(rng, plan.sector.lead_share, count)
    ended = opened + (rng.exponential(30, count) * DAY).astype(np.int64) + DAY
    is_ended = has_lead & (ended < plan.end_second)
    is_won = is_ended & (rng.random(count) < win_chance(fit))
    return np.where(has_lead, opened, NEVER), np.where(is_ended, ended, NEVER), is_won


def _hashed_share(numbers: Ints, seed: int) -> Floats:
    """A number from 0 to 1 for each person, the same for ever: splitmix64 of number and seed."""
    with np.errstate(over="ignore"):
        mixed = (numbers.astype(np.uint64) + np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)) / 2**53
