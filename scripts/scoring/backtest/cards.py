"""The card as a competitor: learned the way `scoring train` learns, judged with rounded points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scoring.backtest.peers.additive import OBJECTIVES
from scoring.backtest.peers.base import Predicted
from scoring.backtest.rows import Rows, Shape
from scoring.errors import CannotRun
from scoring.training.bins import DEFAULT_BINS, make_bins
from scoring.training.calibration import calibrate, expected
from scoring.training.cards import LOG_AMOUNT, LOG_ODDS, Card, Scale, from_additive, read_card
from scoring.training.dataset import CATEGORY, OUTCOME
from scoring.training.examples import Examples, of_occasions, of_people
from scoring.training.learn import Learned, Plan, bins_of, learn, objective_of
from scoring.training.learning import Choice, choose
from scoring.training.plans import ANY_CAMPAIGN, Options, make_plan
from scoring.training.splits import rolling_origins
from scoring.training.targets import refusals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from scoring.backtest.tasks import Task
    from scoring.settings import Settings
    from scoring.training.dataset import Dataset
    from scoring.training.targets import Target

_BIN_SET = "replay"
_HANDMADE = 1


@dataclass(frozen=True)
class CardSays:
    """What a card says of the rows of a test.

    Attributes:
        predicted: ranking and expectation, from rounded points.
        choice: features and settings that the rolling origins chose.
        evidence: expert, shrunk or trained.
    """

    predicted: Predicted
    choice: Choice
    evidence: str


def learn_in_time(
    task: Task, dataset: Dataset, learned: Rows, tested: pd.DataFrame, settings: Settings
) -> CardSays:
    """Learn a card up to the test and apply it to rows of the dataset.

    Raises:
        CannotRun: the trainer has nothing to learn.
    """
    plan = _plan(task, dataset, learned, settings)
    bins = bins_of(dataset, [plan], {}, DEFAULT_BINS)
    found: Learned = learn(dataset, plan, bins, _BIN_SET)
    sums = plan.scale.sums(found.card.rounded().raw(tested, dataset.absent))
    says = Predicted(sums, expected(sums, found.objective))
    return CardSays(says, found.choice, found.rung.evidence)


def learn_from_people(
    learned: Rows, directions: Mapping[str, int], habits: frozenset[str] = frozenset()
) -> tuple[Callable[[Rows], Predicted], Choice]:
    """Learn a card where there is no later period: people are drawn into parts instead.

    It is calibrated on what each part's card, which had not seen it, said of the part.

    Args:
        learned: rows to learn from.
        directions: +1 or -1 for features that may only raise or only lower the outcome.
        habits: features made from what people do, which never pass for traits.

    Raises:
        CannotRun: the trainer has nothing to learn.
    """
    from pandas import Series

    objective = OBJECTIVES[learned.shape]
    bins = {
        name: make_bins(name, learned.frame[name], is_category=kind == CATEGORY)
        for name, kind in learned.kinds.items()
    }
    codes = {name: bins[name].codes(learned.frame[name]) for name in bins}
    people = Series(learned.person)
    occasions = Series(learned.date).astype(str)
    examples = Examples(
        codes=codes,
        outcomes=learned.outcome,
        people=people,
        occasions=occasions,
        of_occasions=of_occasions(learned.frame, occasions),
        of_people=of_people(
            {name: codes[name] for name in codes if name not in habits},
            people,
        ),
        bins=bins,
        directions=directions,
        objective=objective,
    )
    parts = rolling_origins(Series(learned.date), people, learned.horizon_days)
    telling = [name for name in codes if len(np.unique(codes[name])) > 1]
    in_time = all(learned.date[a].max() < learned.date[b].min() for a, b in parts)
    choice = choose(examples, parts, telling, _silent, in_time=in_time)
    scale = _scale(learned)
    grown = examples.grow(choice.features, choice.rounds).additive()
    line = calibrate(choice.sums, learned.outcome[choice.later], objective)
    card = from_additive(grown, scale, _BIN_SET, bins).calibrated(line, scale).rounded()

    def predict(seen: Rows) -> Predicted:
        sums = scale.sums(card.raw(seen.frame))
        return Predicted(sums, expected(sums, objective))

    return predict, choice


def expert_says(
    dataset: Dataset,
    target: Target,
    learned: pd.DataFrame,
    tested: pd.DataFrame,
    settings: Settings,
) -> Predicted | None:
    """The card of version 1, written by hand, its level and slope fitted to the learned rows.

    None where the target has no such card.
    """
    if target.name not in {target.score_name, f"{target.score_name}_28d"}:
        return None
    try:
        card = _by_hand(settings, target)
        scale = make_plan(settings, target.name, (), Options()).scale
    except CannotRun:
        return None
    objective = objective_of(target)
    sums = [scale.sums(card.raw(part, dataset.absent)) for part in (learned, tested)]
    outcome = learned[OUTCOME + target.name].to_numpy(dtype=np.float64)
    line = calibrate(sums[0], outcome, objective)
    return Predicted(sums[1], expected(line(sums[1]), objective))


def _plan(task: Task, dataset: Dataset, learned: Rows, settings: Settings) -> Plan:
    target = dataset.targets[task.target]
    options = Options(calibrate_from=task.calibrate_from, test_from=task.test_from)
    candidates = list(learned.frame.columns)
    refused = {one.feature for one in refusals(settings, target, candidates)}
    own = target.name == target.score_name and task.data == "panel"
    if own:
        plan = make_plan(settings, target.name, candidates, options, dataset.of_campaigns)
        return replace(plan, expert=_by_hand(settings, target), live=None)
    return Plan(
        target=target,
        scale=_scale(learned),
        candidates=tuple(sorted(set(candidates) - refused)),
        directions=task.directions,
        calibrate_from=task.calibrate_from,
        test_from=task.test_from,
    )


def _by_hand(settings: Settings, target: Target) -> Card:
    """The first card by hand; for a campaign it is that of any campaign."""
    name = ANY_CAMPAIGN if target.is_pair else target.score_name
    return read_card(settings, name, _HANDMADE)


def _scale(learned: Rows) -> Scale:
    """5 is the mean of the rows learned from, and a point doubles it."""
    mean = float(learned.outcome.mean())
    if learned.shape is Shape.EVENT:
        return Scale(LOG_ODDS, mean / (1 - mean), 1.0)
    return Scale(LOG_AMOUNT, mean, 1.0)


def _silent(_: str) -> None:
    """What the trainer tells is not shown."""
