from __future__ import annotations

import math

import numpy as np
import pytest

from scoring.backtest import metrics
from scoring.backtest.bootstrap import paired_differences
from scoring.errors import CannotRun


def _numbers(*values: float) -> metrics.Numbers:
    return np.array(values, dtype=np.float64)


def test_auc_counts_pairs_and_half_of_the_ties() -> None:
    outcome = _numbers(1, 0, 1, 0, 0)
    # Of six pairs four are in order, one is a tie, one is not.
    assert metrics.auc(outcome, _numbers(5, 4, 3, 3, 1)) == pytest.approx(4.5 / 6)
    assert metrics.gini(outcome, _numbers(5, 4, 3, 3, 1)) == pytest.approx(0.5)


def test_auc_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import roc_auc_score

    generator = np.random.default_rng(3)
    outcome = (generator.random(500) < 0.2).astype(np.float64)
    prediction = generator.integers(0, 20, 500).astype(np.float64)
    assert metrics.auc(outcome, prediction) == pytest.approx(roc_auc_score(outcome, prediction))


def test_auc_of_one_class_is_no_number() -> None:
    assert math.isnan(metrics.auc(_numbers(1, 1), _numbers(0.2, 0.3)))


def test_lift_of_a_perfect_ranking_is_ten_in_the_first_tenth() -> None:
    outcome = np.repeat([1.0, 0.0], [10, 90])
    tenths = metrics.lift_by_tenth(outcome, outcome)
    assert tenths[0] == metrics.Tenth(10, 1.0, 10.0)
    assert [tenth.lift for tenth in tenths[1:]] == [0.0] * 9


@pytest.mark.parametrize("events_first", [True, False])
def test_lift_does_not_depend_on_the_order_of_ties(events_first: bool) -> None:
    outcome = np.repeat([1.0, 0.0], [20, 80])
    if not events_first:
        outcome = outcome[::-1]
    # A rule that says the same of everyone finds nobody before anybody else.
    assert metrics.top_lift(outcome, np.zeros(100)) == pytest.approx(1.0)


def test_lift_shares_rows_that_a_cut_goes_through() -> None:
    # 15 rows: a tenth is a row and a half. The first row answers, the second does not.
    outcome = np.array([1.0] + [0.0] * 13 + [1.0])
    first = metrics.lift_by_tenth(outcome, np.arange(15, 0, -1.0))[0]
    assert first.rows == 1.5
    assert first.outcome == pytest.approx(2 / 3)


def test_probability_measures() -> None:
    outcome, probability = _numbers(1, 0), _numbers(0.8, 0.4)
    assert metrics.brier(outcome, probability) == pytest.approx((0.04 + 0.16) / 2)
    assert metrics.log_loss(outcome, probability) == pytest.approx(
        -(math.log(0.8) + math.log(0.6)) / 2
    )


def test_certain_and_wrong_is_dear_but_finite() -> None:
    assert metrics.log_loss(_numbers(1, 0), _numbers(0.0, 0.5)) == pytest.approx(
        (-math.log(1e-15) - math.log(0.5)) / 2
    )


def test_amount_measures() -> None:
    came, expected = _numbers(0, 10, 30), _numbers(5, 10, 20)
    assert metrics.mean_absolute_error(came, expected) == pytest.approx(5.0)
    assert metrics.total_ratio(came, expected) == pytest.approx(35 / 40)
    assert metrics.spearman(came, expected) == pytest.approx(1.0)
    assert metrics.spearman(came, -expected) == pytest.approx(-1.0)
    assert math.isnan(metrics.spearman(came, np.ones(3)))


def test_map_at_k_of_known_lists() -> None:
    group = np.array(["a", "a", "a", "b", "b", "b", "c", "c", "c"])
    prediction = _numbers(3, 2, 1, 3, 2, 1, 3, 2, 1)
    outcome = _numbers(1, 0, 1, 0, 1, 0, 0, 0, 0)
    # a: hits at 1 and 3, of which k = 2 sees the first: 1 / 2. b: a hit at 2: 1/2. c is left out.
    assert metrics.map_at_k(outcome, prediction, group, 2) == pytest.approx((0.5 + 0.5) / 2)
    assert metrics.map_at_k(outcome, prediction, group, 3) == pytest.approx(
        ((1 + 2 / 3) / 2 + 0.5) / 2
    )
    shuffled = np.array([8, 0, 3, 5, 2, 7, 1, 4, 6])
    assert metrics.map_at_k(
        outcome[shuffled], prediction[shuffled], group[shuffled], 3
    ) == pytest.approx(metrics.map_at_k(outcome, prediction, group, 3))


def test_map_needs_a_k() -> None:
    with pytest.raises(CannotRun, match="k of 1 or more"):
        metrics.map_at_k(_numbers(1), _numbers(1), np.array(["a"]), 0)


def test_profit_is_highest_where_contacts_stop_paying() -> None:
    # Three answers in the first four rows, then none: at 10 a piece and 3 a contact stop after 3.
    outcome = _numbers(1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
    curve = metrics.profit_curve(outcome, np.arange(10, 0, -1.0), margin=10, cost=3, points=10)
    assert curve.best_depth == pytest.approx(0.3)
    assert curve.best == pytest.approx(21.0)
    assert curve.profit[-1] == pytest.approx(0.0)


def test_difference_of_a_prediction_with_itself_is_nothing() -> None:
    generator = np.random.default_rng(5)
    outcome = (generator.random(200) < 0.3).astype(np.float64)
    prediction = generator.random(200)
    found = paired_differences(
        metrics.auc,
        outcome,
        {"one": prediction, "same": prediction},
        "one",
        np.arange(200),
        replicates=50,
    )
    assert (found["same"].value, found["same"].low, found["same"].high) == (0.0, 0.0, 0.0)


def test_bootstrap_draws_people_whole() -> None:
    """Ten copies of each row tell no more than one: the interval must not shrink."""
    generator = np.random.default_rng(7)
    outcome = (generator.random(300) < 0.4).astype(np.float64)
    good = outcome + generator.normal(0, 1, 300)
    bad = generator.normal(0, 1, 300)
    once = paired_differences(
        metrics.auc, outcome, {"a": good, "b": bad}, "a", np.arange(300), replicates=200
    )["b"]
    ten = paired_differences(
        metrics.auc,
        np.tile(outcome, 10),
        {"a": np.tile(good, 10), "b": np.tile(bad, 10)},
        "a",
        np.tile(np.arange(300), 10),
        replicates=200,
    )["b"]
    assert ten.high - ten.low == pytest.approx(once.high - once.low)
    assert once.high < 0


def test_bootstrap_is_repeatable() -> None:
    outcome = np.tile([1.0, 0.0, 0.0], 30)
    both = {"a": np.arange(90.0), "b": -np.arange(90.0)}
    first = paired_differences(metrics.top_lift, outcome, both, "a", np.arange(90), replicates=20)
    again = paired_differences(metrics.top_lift, outcome, both, "a", np.arange(90), replicates=20)
    assert first == again
