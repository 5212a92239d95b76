from __future__ import annotations

import numpy as np
import pytest

from scoring.backtest.calibration import Verdict, calibrate, move_base
from scoring.backtest.metrics import Numbers
from scoring.errors import CannotRun

PEOPLE = 6000


def _truth(seed: int = 1) -> tuple[Numbers, Numbers]:
    """Probabilities and what they brought."""
    generator = np.random.default_rng(seed)
    probability = generator.beta(2, 6, PEOPLE)
    return probability, (generator.random(PEOPLE) < probability).astype(np.float64)


def test_true_probabilities_are_calibrated() -> None:
    probability, came = _truth()
    found = calibrate(came, probability, np.arange(PEOPLE))
    assert found.verdict is Verdict.HOLDS
    assert len(found.tenths) == 10
    assert all(tenth.low <= tenth.ratio <= tenth.high for tenth in found.tenths)
    assert not found.base_has_moved


def test_true_probabilities_rarely_fail() -> None:
    """An interval of 99 % for all tenths together that still held only 95 % would show here."""
    failed = 0
    for seed in range(60):
        probability, came = _truth(seed)
        failed += any(
            not tenth.low <= 1 <= tenth.high
            for tenth in calibrate(came, probability, np.arange(PEOPLE)).tenths
        )
    assert failed <= 4


def test_probabilities_too_sure_of_themselves_fail() -> None:
    probability, came = _truth()
    odds = np.log(probability / (1 - probability))
    sure = 1 / (1 + np.exp(-(2 * odds + 1)))
    found = calibrate(came, sure, np.arange(PEOPLE))
    assert found.verdict is Verdict.FAILS
    assert not found.passed


def test_a_moved_base_rate_is_named_as_such() -> None:
    probability, came = _truth()
    odds = np.log(probability / (1 - probability))
    low = 1 / (1 + np.exp(-(odds - 1)))
    found = calibrate(came, low, np.arange(PEOPLE))
    assert found.verdict is Verdict.SHIFTED
    assert found.base_has_moved
    assert "the base rate has moved" in str(found)


def test_dates_of_one_person_do_not_make_it_surer() -> None:
    """Twenty equal rows a person are one observation: by rows alone this would be red."""
    generator = np.random.default_rng(4)
    probability = generator.beta(2, 6, 300)
    came = (generator.random(300) < probability * 1.35).astype(np.float64)
    repeated = np.repeat(came, 20), np.repeat(probability, 20)
    by_person = calibrate(*repeated, np.repeat(np.arange(300), 20))
    by_row = calibrate(*repeated, np.arange(6000))
    assert by_person.overall.low < by_row.overall.low < 1.35 < by_row.overall.high
    assert by_row.base_has_moved
    assert not by_row.passed
    assert by_person.passed


def test_no_event_where_few_were_expected_is_no_proof() -> None:
    found = calibrate(np.zeros(100), np.full(100, 0.03), np.arange(100))
    assert found.overall.ratio == 0
    assert found.passed


def test_no_event_where_many_were_expected_is() -> None:
    assert not calibrate(np.zeros(100), np.full(100, 0.3), np.arange(100)).passed


def test_amounts_are_judged_alike() -> None:
    generator = np.random.default_rng(2)
    expected = generator.uniform(10, 100, 3000)
    came = generator.gamma(2, expected / 2)
    person = np.arange(3000)
    assert calibrate(came, expected, person, is_event=False).passed
    assert calibrate(came, expected * 2, person, is_event=False).verdict is Verdict.SHIFTED


def test_equal_predictions_are_not_torn_apart() -> None:
    probability = np.repeat([0.1, 0.5], [900, 100])
    came = np.concatenate((np.arange(900) < 90, np.arange(100) < 50)).astype(np.float64)
    found = calibrate(came, probability, np.arange(1000))
    assert [tenth.rows for tenth in found.tenths] == [900, 100]


def test_moved_base_expects_what_came() -> None:
    probability, came = _truth()
    moved = move_base(came, probability**2)
    assert moved.sum() == pytest.approx(came.sum())
    assert np.array_equal(np.argsort(moved), np.argsort(probability))


@pytest.mark.parametrize("wrong", [0.0, 1.2, -0.1, float("nan")])
def test_what_is_no_probability_is_refused(wrong: float) -> None:
    with pytest.raises(CannotRun, match="1 of 3 predictions"):
        calibrate(np.array([0.0, 1.0, 0.0]), np.array([0.2, wrong, 0.4]), np.arange(3))
