"""Learning on made-up rows: what has an effect is found, what has none is not, missing is no 0."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from scoring.errors import CannotRun
from scoring.training.bins import MISSING
from scoring.training.boosting import LOGISTIC
from scoring.training.calibration import calibrate, expected
from scoring.training.cards import Card
from scoring.training.judge import judge
from scoring.training.ladder import EXPERT, SHRUNK, TRAINED, climb
from scoring.training.learn import Learned, bins_of, learn
from scoring.training.splits import rolling_origins, split
from scoring.training.train import centred, merged
from tests.support.examples import SCALE, made_up, plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.training.learn import Plan


def _learned(plan: Plan) -> tuple[Card, Learned]:
    data = made_up()
    bins = bins_of(data, [plan], {}, 20)
    learned = learn(data, plan, bins, "made_1")
    _, (one,) = merged(bins, [learned], "made_1")
    return centred(one, data), one


@cache
def _plain() -> tuple[Card, Learned]:
    return _learned(plan_of())


def _table(card: Card, feature: str) -> Mapping[int, float]:
    return card.points.get(("made_1", feature), {})


def test_a_feature_without_effect_gets_no_points() -> None:
    card, _ = _plain()

    points = _table(card, "touch_count_90d").values()

    assert max(points, default=0.0) - min(points, default=0.0) <= 0.1


def test_missing_values_have_points_of_their_own() -> None:
    card, _ = _plain()
    table = _table(card, "satisfaction_mark")
    present = [points for code, points in table.items() if code > MISSING]

    # Log odds of +1.2 against 0 to -0.8, at 0.7 points a doubling.
    assert table[MISSING] > max(present) + 0.5


def test_a_declared_direction_is_kept_and_missing_stands_outside() -> None:
    plan = plan_of(directions={"satisfaction_mark": 1, "order_count_91d": -1})

    card, _ = _learned(plan)

    for feature, sign in (("satisfaction_mark", 1), ("order_count_91d", -1)):
        table = _table(card, feature)
        steps = np.diff([points for code, points in sorted(table.items()) if code > MISSING])
        assert np.all(sign * steps >= 0), feature
    table = _table(card, "satisfaction_mark")
    assert not table or table[MISSING] > 0.5


def test_probabilities_are_those_that_made_the_rows() -> None:
    card, learned = _plain()
    data = made_up()
    rows = learned.rows.iloc[learned.periods.test]
    true = (
        -2.5
        + 0.03 * rows["days_since_last_order"]
        - 0.08 * rows["order_count_91d"]
        + np.where(rows["satisfaction_mark"].isna(), 1.2, -0.8 * rows["satisfaction_mark"])
    )

    found = expected(SCALE.sums(card.raw(rows)), LOGISTIC)

    assert np.mean(np.abs(found - 1 / (1 + np.exp(-true)))) < 0.03
    verdict = judge(learned, card, data)
    assert 0.9 < verdict.measures["observed over expected"][0].value < 1.1


def test_points_are_centred_and_in_thousandths() -> None:
    card, learned = _plain()
    reference = made_up().reference

    for key, table in card.points.items():
        codes = card.bins[key].codes(reference[key[1]])
        assert abs(np.mean([table[code] for code in codes])) <= 0.001
        assert all(round(points, 3) == points for points in table.values())
    assert learned.rung.evidence == TRAINED


def test_the_same_rows_give_the_same_card() -> None:
    again, _ = _learned(plan_of())

    assert again.rows("lapse_risk", 2, "made_1") == _plain()[0].rows("lapse_risk", 2, "made_1")


def test_later_rows_change_nothing_of_what_was_learned() -> None:
    """Outcomes of the test period are turned round: bins, features and points stay."""
    card, learned = _plain()
    data = made_up()
    later = data.frame["as_of_date"] >= learned.periods.test_from
    column = "outcome__lapse_risk"
    frame = data.frame.assign(
        **{
            column: data.frame[column].where(~later, 1 - data.frame[column]),
            "days_since_last_order": data.frame["days_since_last_order"].where(~later, 5000.0),
        }
    )
    altered = replace(data, frame=frame)
    plan = plan_of()
    bins = bins_of(altered, [plan], {}, 20)

    one = learn(altered, plan, bins, "made_1")

    _, (one,) = merged(bins, [one], "made_1")
    assert centred(one, data).rows("x", 2, "s") == card.rows("x", 2, "s")


def test_no_horizon_reaches_into_the_next_period() -> None:
    days = pd.Series(pd.date_range("2025-01-01", periods=300, freq="D").repeat(10))

    periods = split(days, 28)

    horizon = pd.Timedelta(days=28)
    assert days[periods.train].max() + horizon <= periods.calibrate_from
    assert days[periods.calibrate].max() + horizon <= periods.test_from
    for earlier, later in rolling_origins(days, pd.Series(range(3000)).astype(str), 28):
        assert days[earlier].max() + horizon <= days[later].min()


def test_too_few_dates_are_refused_with_the_remedy() -> None:
    days = pd.Series(pd.date_range("2025-01-01", periods=3, freq="D"))

    with pytest.raises(CannotRun, match=r"horizon of 28 days.*--test-from"):
        split(days, 28)


def test_a_short_period_keeps_a_person_together() -> None:
    days = pd.Series(pd.to_datetime(["2025-01-01"] * 600))
    people = pd.Series([f"p{i % 200}" for i in range(600)])

    for earlier, later in rolling_origins(days, people, 28):
        assert not set(people[earlier]) & set(people[later])


@pytest.mark.parametrize(
    ("rarer", "knows", "evidence"),
    [(9, True, EXPERT), (40, True, SHRUNK), (400, True, TRAINED), (400, False, SHRUNK)],
)
def test_the_ladder_is_climbed_by_outcomes_and_by_winning(
    rarer: int, knows: bool, evidence: str
) -> None:
    random = np.random.default_rng(3)
    cause = random.normal(size=4000)
    outcomes = (random.uniform(size=4000) < 1 / (1 + np.exp(2 - cause))).astype(float)
    expert, learned = 0.6 * cause + random.normal(size=4000), cause - 2
    rung = climb(
        learned if knows else expert,
        expert if knows else learned,
        outcomes,
        pd.Series(np.arange(4000).astype(str)),
        np.full(4000, float(rarer)),
        rarer=rarer,
        objective=LOGISTIC,
    )

    assert rung.evidence == evidence
    if evidence == SHRUNK:
        assert rung.half is not None
        assert rung.weight == pytest.approx(rarer / (rarer + rung.half))


def test_a_line_is_found_again() -> None:
    random = np.random.default_rng(5)
    sums = random.normal(size=20_000)
    outcomes = (random.uniform(size=20_000) < 1 / (1 + np.exp(-(0.5 + 0.7 * sums)))).astype(float)

    line = calibrate(sums, outcomes, LOGISTIC)

    assert line.intercept == pytest.approx(0.5, abs=0.05)
    assert line.slope == pytest.approx(0.7, abs=0.05)


def test_a_card_that_loses_on_the_test_is_told() -> None:
    card, learned = _plain()
    data = made_up()
    better = replace(learned, plan=replace(learned.plan, expert=card), before_line=(0.0, 1.0))
    worse = Card(
        card.base,
        {
            key: {code: -points for code, points in table.items()}
            for key, table in card.points.items()
        },
        card.bins,
    )

    assert judge(better, worse, data).loses
    assert not judge(better, card, data).loses


def test_all_of_one_outcome_is_refused() -> None:
    data = made_up(200)
    frame = data.frame.assign(outcome__lapse_risk=0.0)
    plan = plan_of()

    with pytest.raises(CannotRun, match="one outcome only"):
        learn(replace(data, frame=frame), plan, bins_of(data, [plan], {}, 20), "made_1")
