"""What a replay found: every competitor measured on the same rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scoring.backtest import metrics
from scoring.backtest.bootstrap import Interval, paired_differences
from scoring.backtest.calibration import Calibration, calibrate
from scoring.backtest.rows import Rows, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scoring.backtest.metrics import Numbers
    from scoring.backtest.peers.base import Predicted
    from scoring.backtest.tasks import Task

CARD = "card, trained"
_COST = 1.0


@dataclass(frozen=True)
class Line:
    """One competitor in the table.

    Attributes:
        name: which.
        setting: what it was tuned to, in words.
        values: measures by name; not a number where it has none.
        differences: of the two leading measures, minus those of the card, with intervals.
    """

    name: str
    setting: str
    values: Mapping[str, float]
    differences: Mapping[str, Interval]


@dataclass(frozen=True)
class Result:
    """What a replay found.

    Attributes:
        task: the question.
        shape: of the outcome.
        lines: the card first, then the others.
        calibration: of each that expects something, by name.
        lift: lift or share by tenth of each, by name.
        learned_rows: rows to learn from.
        tested_rows: rows of the test.
        people: in the test.
        events: rows of the test with an event, or the total of a count or an amount.
        notes: what is worth saying besides.
    """

    task: Task
    shape: Shape
    lines: tuple[Line, ...]
    calibration: Mapping[str, Calibration]
    lift: Mapping[str, tuple[metrics.Tenth, ...]]
    learned_rows: int
    tested_rows: int
    people: int
    events: float
    notes: tuple[str, ...]


def measured(
    task: Task,
    learned: Rows,
    tested: Rows,
    *,
    said: Mapping[str, Predicted],
    words: Mapping[str, str],
    notes: Sequence[str],
) -> Result:
    """Everybody's measures, differences from the card with intervals, calibration and lift."""
    leading = _leading(tested.shape)
    differences: dict[str, dict[str, Interval]] = defaultdict(dict)
    for measure, (of_ranking, metric) in leading.items():
        values = {
            name: found.ranking if of_ranking else found.expected
            for name, found in said.items()
            if of_ranking or found.expected is not None
        }
        paired = paired_differences(
            metric,
            tested.outcome,
            {name: value for name, value in values.items() if value is not None},
            CARD,
            tested.person,
            replicates=task.draws,
        )
        for name, interval in paired.items():
            differences[name][measure] = interval
    lines = tuple(
        Line(name, words[name], _values(task, tested, found), differences[name])
        for name, found in said.items()
    )
    return result_of(task, tested, said, lines, learned_rows=len(learned), notes=notes)


def result_of(
    task: Task,
    tested: Rows,
    said: Mapping[str, Predicted],
    lines: tuple[Line, ...],
    *,
    learned_rows: int,
    notes: Sequence[str],
) -> Result:
    """A result whose measures are known, with everybody's calibration and lift."""
    return Result(
        task=task,
        shape=tested.shape,
        lines=lines,
        calibration={
            name: calibrate(
                tested.outcome,
                _possible(found.expected, tested.shape),
                tested.person,
                is_event=tested.shape is Shape.EVENT,
            )
            for name, found in said.items()
            if found.expected is not None
        },
        lift={
            name: metrics.lift_by_tenth(tested.outcome, found.ranking)
            for name, found in said.items()
        },
        learned_rows=learned_rows,
        tested_rows=len(tested),
        people=int(np.unique(tested.person).size),
        events=float(tested.outcome.sum()),
        notes=tuple(notes),
    )


def _leading(shape: Shape) -> dict[str, tuple[bool, Callable[[Numbers, Numbers], float]]]:
    """Measures that get an interval, and whether they are of the ranking."""
    if shape is Shape.EVENT:
        return {"AUC": (True, metrics.auc), "top lift": (True, metrics.top_lift)}
    return {
        "Spearman": (True, metrics.spearman),
        "MAE": (False, metrics.mean_absolute_error),
    }


def _values(task: Task, rows: Rows, found: Predicted) -> dict[str, float]:
    came, nothing = rows.outcome, float("nan")
    if rows.shape is Shape.EVENT:
        values = {
            "AUC": metrics.auc(came, found.ranking),
            "top lift": metrics.top_lift(came, found.ranking),
            "Gini": metrics.gini(came, found.ranking),
            "Brier": nothing,
            "log loss": nothing,
        }
        if found.expected is not None:
            values["Brier"] = metrics.brier(came, found.expected)
            values["log loss"] = metrics.log_loss(came, found.expected)
        if task.margin:
            curve = metrics.profit_curve(came, found.ranking, margin=task.margin, cost=_COST)
            values["profit per 1,000"] = curve.best / len(rows) * 1000
            values["at depth"] = curve.best_depth
        return values
    values = {"Spearman": metrics.spearman(came, found.ranking), "MAE": nothing, "total": nothing}
    values["top lift"] = metrics.top_lift(came, found.ranking)
    if found.expected is not None:
        values["MAE"] = metrics.mean_absolute_error(came, found.expected)
        values["total"] = metrics.total_ratio(came, found.expected)
    return values


def _possible(expected: Numbers, shape: Shape) -> Numbers:
    """Expectations as calibration takes them: a rule may say 0 or 1, which nothing can be over."""
    highest = 1 - 1e-6 if shape is Shape.EVENT else np.inf
    return np.clip(expected, 1e-6, highest)


def expected_of(found: Predicted) -> Numbers:
    """What is expected, or the ranking where a competitor expects nothing."""
    return found.ranking if found.expected is None else found.expected
