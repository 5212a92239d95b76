"""Products, offers and campaigns: the same for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from scoring.simulate.columns import (
    DAY,
    amounts,
    chance,
    dates,
    decimals,
    draw,
    keys,
    pick,
    plain,
    same,
)

if TYPE_CHECKING:
    from scoring.simulate.columns import Floats, Ints
    from scoring.simulate.plan import Plan

TYPES: Final = ("coupon", "newsletter", "event", "win_back")
TOUCH_COSTS: Final = {"email": 2, "app": 1, "sms": 6, "post": 85, "phone": 250, "visit": 900}
"""Cents of one touch."""
CHANNEL_WEIGHTS: Final = {"email": 1, "app": 1, "sms": 2, "post": 2, "phone": 4, "visit": 5}
"""How much a touch weighs on a person."""
_PLANNED_DAYS: Final = 7


@dataclass(frozen=True)
class Catalogue:
    """What is sold, offered and promoted.

    Attributes:
        product_keys: keys of the products, category by category.
        prices: price of each product, cents.
        campaign_keys: keys of the campaigns, by start.
        campaign_offers: place of the offer of each campaign.
        campaign_starts: first day of each campaign, days since 1970; the last one is after the end.
        campaign_days: length of each campaign.
        campaign_channels: channel of each campaign.
        incentives: reward of each campaign's answer, cents.
        appeals: log-odds that a campaign adds to its answers.
        tables: rows of each table, without the time of loading.
    """

    product_keys: pa.Array
    prices: Floats
    campaign_keys: pa.Array
    campaign_offers: Ints
    campaign_starts: Ints
    campaign_days: Ints
    campaign_channels: tuple[str, ...]
    incentives: Ints
    appeals: Floats
    tables: dict[str, dict[str, pa.Array]]


@dataclass(frozen=True)
class _Campaigns:
    """Campaigns as numbers: starts in days since 1970, places of channels and offers, cents."""

    starts: Ints
    days: Ints
    channels: Ints
    offers: Ints
    incentives: Ints


def make_catalogue(plan: Plan) -> Catalogue:
    """Draw the catalogue of a simulation."""
    sector = plan.sector
    rng = plan.stream("catalogue")
    categories = np.repeat(np.arange(len(sector.categories)), sector.products_per_category)
    typical = np.array([category.price for category in sector.categories])[categories]
    prices = np.rint(100 * typical * np.exp(0.35 * rng.standard_normal(len(typical)))).clip(min=5)
    product_keys = keys("P", np.arange(1, len(prices) + 1), 5)

    count = max(1, round(sector.campaigns_per_month * plan.days / 30.4))
    # The last campaign has not begun: its touches are planned.
    starts = np.append(np.sort(rng.integers(0, plan.days, count)), plan.days + _PLANNED_DAYS)
    incentives = np.rint(sector.incentive * 100 * rng.uniform(0, 2, count + 1)).astype(np.int64)
    campaigns = _Campaigns(
        starts=starts + plan.start_second // DAY,
        days=rng.integers(7, 29, count + 1),
        channels=draw(rng, [weight for _, weight in sector.campaign_channels], count + 1),
        offers=rng.integers(0, len(sector.offers), count + 1),
        incentives=incentives,
    )
    names = [name for name, _ in sector.campaign_channels]
    return Catalogue(
        product_keys=product_keys,
        prices=prices,
        campaign_keys=keys("CMP", np.arange(1, count + 2), 4),
        campaign_offers=campaigns.offers,
        campaign_starts=campaigns.starts,
        campaign_days=campaigns.days,
        campaign_channels=tuple(names[place] for place in campaigns.channels),
        incentives=campaigns.incentives,
        appeals=0.4 * rng.standard_normal(count + 1),
        tables={
            "sales.products": _products(plan, rng, categories, product_keys),
            **_offer_tables(plan, rng, product_keys, categories),
            "marketing.campaigns": _campaigns(plan, rng, campaigns),
        },
    )


def offer_keys(plan: Plan) -> pa.Array:
    """Keys of the offers."""
    return keys("OFF", np.arange(1, len(plan.sector.offers) + 1), 2)


def _products(
    plan: Plan, rng: np.random.Generator, categories: Ints, product_keys: pa.Array
) -> dict[str, pa.Array]:
    count = len(categories)
    is_own = chance(rng, 0.3, count)
    brands = np.where(is_own, 0, rng.integers(1, 5, count))
    names = [category.name for category in plan.sector.categories]
    labels = [f"{names[category]} no. {place}" for place, category in enumerate(categories, 1)]
    return {
        "product_id": product_keys,
        "product_name": pa.array(labels),
        "category": pick(names, categories),
        "department": pick([one.department for one in plan.sector.categories], categories),
        "brand": pick(["Maison", "Alpina", "Nørd", "Sol & Fils", "O'Hara"], brands),
        "is_private_label": plain(is_own),
        "margin_rate": decimals(rng.uniform(0.1, 0.5, count)),
    }


def _offer_tables(
    plan: Plan, rng: np.random.Generator, product_keys: pa.Array, categories: Ints
) -> dict[str, dict[str, pa.Array]]:
    offers = plan.sector.offers
    count = len(offers)
    names = [category.name for category in plan.sector.categories]
    priced = np.array([offer.list_amount is not None for offer in offers])
    prices = np.array([round((offer.list_amount or 0) * 100) for offer in offers])
    starts = plan.start_second // DAY - rng.integers(0, 300, count)
    # Every second offer names its products one by one, the others a whole category.
    covered: list[tuple[int, int | None, str | None]] = []
    for place, offer in enumerate(offers):
        if place % 2:
            own = np.flatnonzero(categories == names.index(offer.category))
            covered += [(place, int(product), None) for product in own[::2]]
        else:
            covered.append((place, None, offer.category))
    ids = offer_keys(plan)
    return {
        "sales.offers": {
            "offer_id": ids,
            "offer_name": pa.array([offer.name for offer in offers]),
            "offer_type": pa.array([offer.offer_type for offer in offers]),
            "list_amount": amounts(prices, priced),
            "currency": same(plan.sector.currencies[0][0], count),
            "start_date": dates(starts),
            "end_date": dates(starts + 900, chance(rng, 0.5, count)),
        },
        "sales.offer_products": {
            "offer_id": ids.take(pa.array([row[0] for row in covered])),
            "product_id": product_keys.take(pa.array([row[1] for row in covered], pa.int64())),
            "category": pa.array([row[2] for row in covered], pa.string()),
        },
    }


def _campaigns(plan: Plan, rng: np.random.Generator, campaigns: _Campaigns) -> dict[str, pa.Array]:
    count = len(campaigns.starts)
    names = [name for name, _ in plan.sector.campaign_channels]
    types = rng.integers(0, len(TYPES), count)
    costs = np.array([TOUCH_COSTS[name] for name in names])[campaigns.channels]
    # A third of the campaigns, the last one among them, may approach a twentieth of the people.
    budgets = np.rint(costs * plan.customers / 20).astype(np.int64)
    titles = [
        f"{TYPES[kind].replace('_', ' ').capitalize()} {place}"
        for place, kind in enumerate(types, 1)
    ]
    return {
        "campaign_id": keys("CMP", np.arange(1, count + 1), 4),
        "campaign_name": pa.array(titles),
        "campaign_type": pick(TYPES, types),
        "channel": pick(names, campaigns.channels),
        "offer_id": offer_keys(plan).take(pa.array(campaigns.offers)),
        "start_date": dates(campaigns.starts),
        "end_date": dates(campaigns.starts + campaigns.days - 1),
        "unit_cost": amounts(costs),
        "incentive_amount": amounts(campaigns.incentives, campaigns.incentives > 0),
        "budget_amount": amounts(budgets, np.arange(count) % 3 == (count - 1) % 3),
        "currency": same(plan.sector.currencies[0][0], count),
    }
