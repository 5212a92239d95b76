"""Made-up rows with known causes, to learn from without a warehouse."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from scoring.training.cards import Scale
from scoring.training.dataset import CATEGORY, NUMBER, OUTCOME, Dataset
from scoring.training.learn import Plan
from scoring.training.targets import Target

TARGET = Target("lapse_risk", "lapse_risk", "no_order_in_horizon", 28, "active", 91)
SCALE = Scale("log_odds", 0.25, 0.7)
KINDS = {
    "days_since_last_order": NUMBER,
    "order_count_91d": NUMBER,
    "region": CATEGORY,
    "satisfaction_mark": NUMBER,
    "touch_count_90d": NUMBER,
}
MONTHS = 8


def made_up(people: int = 600, *, seed: int = 1, shift: float = 0.0) -> Dataset:
    """Rows whose outcome follows three features; `touch_count_90d` has nothing to do with it.

    A third of the satisfaction marks is missing, and those without one are likelier to leave.
    """
    random = np.random.default_rng(seed)
    count = people * MONTHS
    mark = np.round(random.uniform(0, 1, count), 2)
    frame = pd.DataFrame(
        {
            "customer_id": np.tile([f"c{i:05}" for i in range(people)], MONTHS),
            "as_of_date": np.repeat(pd.date_range("2025-01-01", periods=MONTHS, freq="MS"), people),
            "pair_id": "",
            "days_since_last_order": random.integers(1, 92, count).astype(float),
            "order_count_91d": random.integers(1, 20, count).astype(float),
            "region": random.choice(["north", "south", "east"], count),
            "satisfaction_mark": np.where(random.uniform(size=count) < 0.33, np.nan, mark),
            "touch_count_90d": random.integers(0, 30, count).astype(float),
        }
    )
    frame["person"] = frame["customer_id"]
    odds = (
        -2.5
        + shift
        + 0.03 * frame["days_since_last_order"]
        - 0.08 * frame["order_count_91d"]
        + np.where(frame["satisfaction_mark"].isna(), 1.2, -0.8 * frame["satisfaction_mark"])
    )
    frame[OUTCOME + TARGET.name] = (random.uniform(size=count) < 1 / (1 + np.exp(-odds))).astype(
        float
    )
    return Dataset(
        frame=frame,
        kinds=KINDS,
        of_campaigns=frozenset(),
        absent=frozenset(),
        reference=frame[frame["as_of_date"] == frame["as_of_date"].max()],
        groups=pd.DataFrame(index=pd.Index([], name="customer_id")),
        targets={TARGET.name: TARGET},
        as_of_date=date(2025, 9, 1),
        share=1.0,
    )


def plan_of(**changes: object) -> Plan:
    """A plan on all features, with nothing to compare with."""
    fields: dict[str, object] = {
        "target": TARGET,
        "scale": SCALE,
        "candidates": tuple(KINDS),
        "directions": {},
        **changes,
    }
    return Plan(**fields)  # type: ignore[arg-type]
