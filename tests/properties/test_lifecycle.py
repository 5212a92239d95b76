"""The stage of a person follows from their orders, whatever runs happened, and does not flip."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from scoring.warehouse import connect
from tests.support.dated import dated_sample, dates
from tests.support.dbt import WAREHOUSE_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.dbt import Dbt
    from tests.support.once import Once

RECENT_GAPS = 8
# Between two orders a person only moves along these.
FORWARD = {
    ("prospect", "new"),
    ("new", "active"),
    ("new", "at_risk"),
    ("active", "at_risk"),
    ("won_back", "at_risk"),
    ("at_risk", "lapsed"),
}

Thresholds = dict[str, int]


@dataclass
class Walker:
    """A person followed day by day, with a memory: the state machine that the SQL stands for."""

    thresholds: Thresholds
    orders: list[date] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    is_unsettled: bool = False
    orders_since_return: int | None = None

    def order(self, day: date) -> None:
        """They order: the gap is judged by what was settled on the day of the order before."""
        limits = self.thresholds
        if self.orders:
            gap = (day - self.orders[-1]).days
            risk = self._limit("risk")
            if gap > risk:
                self.is_unsettled = True
            elif gap * limits["enter_risk_gaps"] <= risk * limits["leave_risk_gaps"]:
                self.is_unsettled = False
            if gap > self._limit("lapse"):
                self.orders_since_return = 1
            elif self.orders_since_return is not None:
                self.orders_since_return += 1
            self.gaps.append(gap)
        self.orders.append(day)

    def state(self, today: date) -> str:
        """Their stage at the beginning of a day."""
        if not self.orders:
            return "prospect"
        silence = (today - self.orders[-1]).days
        since_return, limits = self.orders_since_return, self.thresholds
        if silence > self._limit("lapse"):
            return "lapsed"
        if silence > self._limit("risk"):
            return "at_risk"
        if (today - self.orders[0]).days <= limits["new_days"]:
            return "new"
        if since_return is not None and since_return <= limits["won_back_orders"]:
            return "won_back"
        return "at_risk" if self.is_unsettled else "active"

    def _limit(self, kind: str) -> Fraction:
        recent = [min(gap, self.thresholds["gap_cap_days"]) for gap in self.gaps[-RECENT_GAPS:]]
        usual = Fraction(sum(recent) + self.thresholds["default_gap_days"], len(recent) + 1)
        days = usual * self.thresholds[f"enter_{kind}_gaps"]
        first, last = (self.thresholds[f"{kind}_days_{end}"] for end in ("from", "to"))
        return min(max(days, Fraction(first)), Fraction(last))


@dataclass(frozen=True)
class Days:
    """Stages of everyone on consecutive days, and the orders behind them."""

    dates: list[date]
    stages: dict[str, dict[date, str]]
    orders: dict[str, dict[date, list[date]]]

    def with_one_past(self) -> list[str]:
        """People whose past orders were the same on every day: none became known or void later."""
        last = self.dates[-1]
        return [
            person
            for person, by_day in self.orders.items()
            if all(
                by_day.get(day, []) == [order for order in by_day[last] if order < day]
                for day in self.dates
            )
        ]


@pytest.fixture(scope="module")
def days(once: Once, dbt: Dbt, sample_raw: Path) -> Days:
    warehouse = dated_sample(once, dbt, sample_raw) / WAREHOUSE_NAME
    stages: dict[str, dict[date, str]] = defaultdict(dict)
    orders: dict[str, dict[date, list[date]]] = defaultdict(lambda: defaultdict(list))
    with connect(warehouse, read_only=True) as connection:
        for person, day, stage in connection.execute(
            "select customer_id, as_of_date, lifecycle from features.feat_lifecycle"
        ).fetchall():
            stages[person][day] = stage
        for person, day, order in connection.execute(
            "select distinct customer_id, as_of_date, order_date"
            " from intermediate.int_person_order_days where order_count > 0 order by all"
        ).fetchall():
            orders[person][day].append(order)
    return Days(dates(), stages, orders)


@pytest.fixture(scope="module")
def thresholds(project_dir: Path) -> Thresholds:
    path = project_dir / "seeds" / "sectors" / "commerce" / "lifecycle_thresholds.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        return {row["threshold_name"]: int(row["threshold_value"]) for row in rows}


def test_stages_are_those_of_a_walk_day_by_day(days: Days, thresholds: Thresholds) -> None:
    """What one run computes from all orders is what a daily run with a memory would have kept."""
    people = days.with_one_past()
    seen = set()
    for person in people:
        walker, waiting = Walker(thresholds), list(days.orders[person][days.dates[-1]])
        for today in days.dates:
            while waiting and waiting[0] < today:
                walker.order(waiting.pop(0))
            if today in days.stages[person]:
                expected = walker.state(today)
                assert (person, today, days.stages[person][today]) == (person, today, expected)
                seen.add(expected)
    assert seen >= {"new", "active", "at_risk", "lapsed", "won_back"}
    assert len(people) > 100


def test_nobody_flips(days: Days, thresholds: Thresholds) -> None:
    """Without an order a stage only moves forward; who leaves a risk is not back within weeks."""
    moves = 0
    for person in days.with_one_past():
        ordered = set(days.orders[person][days.dates[-1]])
        left_risk: date | None = None
        for yesterday, today in zip(days.dates, days.dates[1:], strict=False):
            move = tuple(days.stages[person].get(day, "") for day in (yesterday, today))
            if move[0] == move[1] or "" in move:
                continue
            moves += 1
            if yesterday not in ordered:
                assert move in FORWARD, (person, today, move)
            if move == ("at_risk", "active"):
                left_risk = today
            if move[1] == "at_risk" and left_risk is not None:
                away = (today - left_risk).days
                assert away >= thresholds["risk_days_from"], (person, today, away)
    assert moves > 20
