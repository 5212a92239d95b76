"""Cards learned from made-up rows, judged as a replay judges them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from scoring.backtest import metrics, report
from scoring.backtest.calibration import Calibration, calibrate
from scoring.backtest.cards import learn_from_people
from scoring.backtest.replay import replay
from scoring.backtest.results import CARD, Result
from scoring.backtest.rows import Rows, rows_of
from scoring.backtest.tasks import TASKS, Task, find_tasks
from scoring.errors import CannotRun
from scoring.settings import read_settings
from scoring.training.boosting import LOGISTIC
from scoring.training.calibration import expected
from scoring.training.learn import bins_of, learn
from scoring.training.train import centred, merged
from tests.support.examples import SCALE, TARGET, made_up, plan_of

if TYPE_CHECKING:
    from pathlib import Path


def _calibration_of_a_trained_card(people: int = 1000) -> Calibration:
    """What `scoring train` would write, and what came after it was trained."""
    data, plan = made_up(people), plan_of()
    bins = bins_of(data, [plan], {}, 20)
    _, (learned,) = merged(bins, [learn(data, plan, bins, "made_1")], "made_1")
    card = centred(learned, data)
    tested = learned.rows.iloc[learned.periods.test]
    said = expected(SCALE.sums(card.raw(tested)), LOGISTIC)
    came = learned.outcomes[learned.periods.test]
    return calibrate(came, said, tested["person"].to_numpy(dtype=str))


def test_a_trained_card_is_calibrated_on_what_came_after() -> None:
    found = _calibration_of_a_trained_card()
    assert found.passed, str(found)
    assert len(found.tenths) == 10
    assert not found.base_has_moved, str(found)


def _rows(people: int = 300) -> Rows:
    return rows_of(made_up(people), TARGET.name)


def test_a_card_from_people_is_calibrated_on_other_people() -> None:
    rows = _rows()
    others = np.isin(rows.person, np.unique(rows.person)[:100])
    predict, choice = learn_from_people(rows.take(~others), {})
    said = predict(rows.take(others)).expected
    assert said is not None
    judged = rows.take(others)
    assert calibrate(judged.outcome, said, judged.person).passed
    assert "days_since_last_order" in choice.features
    assert metrics.auc(judged.outcome, said) > 0.65


def test_declared_direction_holds_in_a_card_from_people() -> None:
    rows = _rows()
    predict, _ = learn_from_people(rows, {"order_count_91d": 1})
    first = rows.take(np.arange(19))
    # The outcome falls with it; a card that may only rise with it says nothing of it.
    frame = first.frame.iloc[[0] * 19].assign(order_count_91d=np.arange(1.0, 20.0))
    said = predict(Rows(**{**vars(first), "frame": frame})).ranking
    assert (np.diff(said) >= 0).all()


@cache
def _replayed() -> Result:
    data = made_up(200)
    days = tuple(day.date() for day in data.frame["as_of_date"].unique())
    task = Task(
        name="made_up",
        title="Made-up rows",
        data="made_up",
        target=TARGET.name,
        dates=days,
        test_from=days[6],
        opened=days[7],
        split="months; the last two to test",
        without={"region": "left out to see it left out"},
        margin=4,
        draws=100,
    )
    return replay(task, data, read_settings({}), lambda _: None)


def test_everyone_is_judged_on_the_same_rows() -> None:
    found = _replayed()
    names = [line.name for line in found.lines]
    assert names[0] == CARD
    assert {"LightGBM", "logistic regression", "naive Bayes", "best single feature"} <= set(names)
    assert found.tested_rows == 400
    for tenths in found.lift.values():
        assert sum(tenth.rows for tenth in tenths) == pytest.approx(400)
    assert {sum(t.rows for t in one.tenths) for one in found.calibration.values()} == {400}


def test_all_of_them_find_what_made_the_rows() -> None:
    for line in _replayed().lines:
        assert line.values["AUC"] > 0.6, line.name


def test_left_out_features_are_not_used() -> None:
    assert not any("region" in note for note in _replayed().notes)


def test_page_says_when_the_test_was_opened_and_shows_everyone(tmp_path: Path) -> None:
    found = _replayed()
    path = report.write_page(found, tmp_path)
    text = path.read_text(encoding="utf-8")
    assert f"opened on {found.task.opened:%Y-%m-%d}" in text
    assert all(f"| {line.name} |" in text for line in found.lines)
    assert "## Calibration" in text
    assert (tmp_path / "made_up.svg").read_text(encoding="utf-8").startswith("<svg")


def test_tests_begin_after_the_horizon_of_what_was_learned() -> None:
    for task in TASKS:
        assert task.test_from is None or task.test_from <= max(task.dates)
        assert task.calibrate_from is None or task.calibrate_from < (
            task.test_from or max(task.dates)
        )


def test_unknown_tasks_and_sets_are_refused() -> None:
    with pytest.raises(CannotRun, match="choose among"):
        find_tasks("", ("titanic",))
    with pytest.raises(CannotRun, match="choose one of"):
        find_tasks("titanic", ())
    with pytest.raises(CannotRun, match="no task of german"):
        find_tasks("german", ("lapse",))
