"""What only the simulator knows: the causes behind the rows, for tests to recover."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from scoring.simulate.catalogue import CHANNEL_WEIGHTS
from scoring.simulate.columns import DAY, pick, times
from scoring.simulate.contacts import interaction_rate
from scoring.simulate.finance import default_rate
from scoring.simulate.marketing import PRESSURE_HALF_LIFE_DAYS, RESPONSE
from scoring.simulate.people import win_chance
from scoring.simulate.plan import AFTER

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from scoring.simulate.block import Block
    from scoring.simulate.catalogue import Catalogue
    from scoring.simulate.marketing import Touches
    from scoring.simulate.plan import Plan

PROPENSITY_DAYS = 28


def truth_of(block: Block, touches: Touches | None) -> pa.Table:
    """One row per person: latent causes, and what is to be expected after the period."""
    plan, people, catalogue = block.plan, block.people, block.catalogue
    is_active = (people.first_day < plan.days) & (people.last_day >= plan.days)

    def ahead(days: int) -> float:
        return float(plan.season_sums[plan.days + days] - plan.season_sums[plan.days])

    orders_ahead = people.order_rate * is_active * ahead(PROPENSITY_DAYS)
    level = people.price_level(plan.sector.value_spread)
    weights = np.diff(people.taste, axis=1, prepend=0.0)
    typical = weights @ catalogue.prices.reshape(weights.shape[1], -1).mean(axis=1) / 100
    amount_per_order = typical * level * people.basket
    amount_ahead = people.order_rate * is_active * amount_per_order * ahead(AFTER)
    count = len(people)
    is_here = is_active | (people.first_day >= plan.days)
    began = plan.start_second + (people.first_day * DAY).astype(np.int64)
    churned = plan.start_second + (people.last_day.clip(max=plan.days) * DAY).astype(np.int64)
    columns: dict[str, Any] = {
        "customer_id": people.keys.slice(0, count),
        "second_customer_id": pick(people.keys, np.arange(count) + count, people.merged_at >= 0),
        "is_prospect": people.is_prospect,
        "is_holdout": people.is_holdout,
        "is_active_at_end": is_active,
        "buys_from": times(began, people.first_day < plan.days),
        "churned_at": times(churned, ~is_here),
        "merged_at": times(people.merged_at, people.merged_at >= 0),
        "order_rate": people.order_rate,
        "evenness": people.evenness,
        "amount_per_order": amount_per_order,
        "value": people.order_rate * amount_per_order,
        "order_propensity_28d": 1 - np.exp(-orders_ahead),
        "expected_amount_91d": amount_ahead,
        "interaction_rate_at_end": interaction_rate(block) * is_here,
        "lead_conversion_probability": win_chance(people.fit),
        "activity": people.activity,
        "spending": people.spending,
        "satisfaction": people.satisfaction,
        "risk": people.risk,
        "default_rate": default_rate(people.risk),
        "digital": people.digital,
        "fit": people.fit,
        "responsiveness": people.responsiveness,
        "coupon_liking": people.coupon_liking,
        "solicitation": people.solicitation,
        "tolerance": people.tolerance,
    }
    if touches is not None:
        columns |= {
            "pressure_at_end": touches.pressure,
            "response_probability_at_rest": touches.response_rate,
        }
    columns |= {
        f"affinity_off{place:02d}": people.affinity[:, place - 1]
        for place in range(1, people.affinity.shape[1] + 1)
    }
    return pa.table(columns)


def parameters_of(
    plan: Plan, catalogue: Catalogue, base_rate: float, planted: Mapping[str, Counter[str]]
) -> str:
    """The parameters behind everybody, and what was planted, as JSON."""
    sector = plan.sector
    document = {
        "plan": {
            "customers": plan.customers,
            "days": plan.days,
            "seed": plan.seed,
            "sector": dataclasses.asdict(sector),
            "lines_per_customer": plan.lines_per_customer,
            "dirt": plan.dirt,
            "late": plan.late,
            "tables": plan.tables,
            "end": plan.end.isoformat(),
        },
        "orders_a_day_of_a_middling_customer": base_rate,
        "seasonality": {
            "formula": "(1 + amplitude * cos(2 pi (day of year - peak) / 365.25)) * weekday",
            "amplitude": sector.season_amplitude,
            "peak_day_of_year": sector.season_peak,
            "weekdays_from_monday": list(sector.weekdays),
        },
        "response_curve": {
            "formula": (
                "log-odds = base + appeal + incentive_gain * i / (i + half_incentive)"
                " + responsiveness * r + affinity * a - pressure_loss * p / (p + tolerance)"
            ),
            "base": sector.response_base,
            "half_incentive": sector.incentive,
            **RESPONSE,
            "channel_weights": CHANNEL_WEIGHTS,
            "pressure_half_life_days": PRESSURE_HALF_LIFE_DAYS,
            "appeals": dict(
                zip(catalogue.campaign_keys.to_pylist(), catalogue.appeals.tolist(), strict=True)
            ),
        },
        "planted": {table: dict(sorted(planted[table].items())) for table in sorted(planted)},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
