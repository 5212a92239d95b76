"""Offers: dates that do not overlap, averages by hand, and a card that finds what was planted."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from scoring.errors import CannotRun
from scoring.training.offers.learn import learn, log_odds
from scoring.training.offers.measures import average_precisions
from scoring.training.offers.rows import FEATURES
from scoring.training.offers.train import make_plan

UNTIL = date(2017, 10, 1)
POINTS_PER_DOUBLING = 0.7
ROWS = 10_000


def test_training_ends_before_the_test_begins() -> None:
    plan = make_plan(UNTIL, [date(2017, 11, 29), date(2017, 11, 1)])
    assert plan.early[0] == date(2017, 3, 19)
    assert plan.early[-1] == date(2017, 9, 3)
    assert plan.test == (date(2017, 11, 1), date(2017, 11, 29))
    # A date's outcome is read 28 days later.
    assert {date(2017, 10, 29), date(2017, 12, 27)} <= set(plan.dates)


@pytest.mark.parametrize("test", [[], [date(2017, 10, 28)]])
def test_test_date_that_training_knows_is_refused(test: list[date]) -> None:
    with pytest.raises(CannotRun, match="2017-10-29 or later"):
        make_plan(UNTIL, test)


def test_average_precision_is_the_one_of_the_book() -> None:
    frame = pd.DataFrame(
        {
            "customer_id": ["a"] * 4 + ["b"] * 2 + ["c"] * 2,
            "as_of_date": UNTIL,
            "outcome": [1, 0, 1, 0, 0, 1, 0, 0],
            "reference_log_odds": [0, 0, 0, 0, 1, 2, 0, 0],
        }
    )
    scores = np.array([4.0, 3.0, 2.0, 1.0, 5.0, 5.0, 1.0, 0.0])
    found = average_precisions(frame, scores).droplevel("as_of_date")
    # c took nothing; b's equal scores stand in the order of what is usual.
    assert found.to_dict() == pytest.approx({"a": (1 + 2 / 3) / 2, "b": 1.0})


def _pairs(seed: int, level: float = 0.0, slope: float = 0.0) -> pd.DataFrame:
    """Pairs whose odds double for every day of the last 28, from what is usual for the offer.

    A day with its department adds the slope to the log odds.
    """
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame({name: np.zeros(ROWS) for name in FEATURES})
    frame["offer_day_count_28d"] = generator.integers(0, 4, ROWS)
    frame["offer_department_day_count_91d"] = generator.integers(0, 2, ROWS)
    frame["offer_days_since_last"] = np.where(frame["offer_day_count_28d"] > 0, 5.0, np.nan)
    frame["reference_log_odds"] = generator.choice([-3.0, 0.0], ROWS)
    sums = frame["reference_log_odds"] + level + np.log(2) * frame["offer_day_count_28d"]
    sums += frame["offer_department_day_count_91d"] * slope
    frame["outcome"] = (generator.random(ROWS) < 1 / (1 + np.exp(-sums))).astype(int)
    return frame


def test_the_latest_date_is_learned_from_and_what_moves_nobody_is_left_out() -> None:
    early, later = _pairs(1), _pairs(2, slope=1.0)
    card = learn(early, later, "offers_test", POINTS_PER_DOUBLING, (100,)).card
    points = card.points["offers_test", "offer_department_day_count_91d"]
    # One doubling and a half in the later half of the rows alone.
    assert max(points.values()) - min(points.values()) > 0.3
    assert ("offers_test", "offer_overdue_ratio_364d") not in card.points


def test_card_finds_what_was_planted_and_starts_from_what_is_usual() -> None:
    learned = learn(_pairs(1), _pairs(2, level=0.5), "offers_test", POINTS_PER_DOUBLING, (50, 100))
    points = learned.card.points["offers_test", "offer_day_count_28d"]
    lowest, *_, highest = (points[code] for code in sorted(points) if code > 0)
    recency = learned.card.points["offers_test", "offer_days_since_last"]
    planted = highest - lowest + max(recency.values()) - min(recency.values())
    assert planted == pytest.approx(3 * POINTS_PER_DOUBLING, abs=0.5)
    # The later date is where the level is taken from: half a unit of log odds more.
    assert learned.shift == pytest.approx(0.5, abs=0.1)
    later = _pairs(3, level=0.5)
    expected = 1 / (1 + np.exp(-log_odds(learned.card, later, POINTS_PER_DOUBLING)))
    for usual in (-3.0, 0.0):
        chosen = later["reference_log_odds"] == usual
        assert expected[chosen].mean() == pytest.approx(later["outcome"][chosen].mean(), abs=0.03)
