"""One card from rows: choose, grow, calibrate, climb the ladder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scoring.errors import CannotRun
from scoring.training.bins import FeatureBins, make_bins
from scoring.training.boosting import AMOUNT, COUNT, LOGISTIC
from scoring.training.calibration import Line, calibrate, level
from scoring.training.cards import Card, from_additive
from scoring.training.dataset import CATEGORY, OUTCOME
from scoring.training.examples import Examples, of_occasions, of_people
from scoring.training.ladder import EXPERT, SHRUNK, Rung, climb
from scoring.training.learning import Choice, choose
from scoring.training.splits import Periods, rolling_origins, split

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    import pandas as pd

    from scoring.training.boosting import Numbers
    from scoring.training.cards import Scale
    from scoring.training.dataset import Dataset
    from scoring.training.targets import Target


@dataclass(frozen=True)
class Plan:
    """What to learn.

    Attributes:
        target: what to foresee.
        scale: what 5 means.
        candidates: features that may be used.
        directions: +1 or -1 for features that may only raise or only lower the outcome.
        expert: the card that a learned one climbs from; None where there is none.
        live: the card that is there now, where that is another one.
        calibrate_from: first day of the calibration; None to choose it.
        test_from: first day of the test; None to choose it.
        habits: features made from what people do, which never pass for traits.
    """

    target: Target
    scale: Scale
    candidates: tuple[str, ...]
    directions: Mapping[str, int]
    expert: Card | None = None
    live: Card | None = None
    calibrate_from: date | None = None
    test_from: date | None = None
    habits: frozenset[str] = frozenset()

    @property
    def before(self) -> Card | None:
        """The card that the test compares with."""
        return self.live or self.expert


@dataclass(frozen=True)
class Learned:
    """A card before its points are rounded, and how it came about.

    Attributes:
        plan: what was to be learned.
        card: the card.
        rung: where it stands.
        choice: its features and trees, and what the origins said of them.
        periods: rows to learn from, of the calibration and of the test.
        rows: all rows.
        before_line: intercept and slope that the calibration gives the card before it.
    """

    plan: Plan
    card: Card
    rung: Rung
    choice: Choice
    periods: Periods
    rows: pd.DataFrame
    before_line: tuple[float, float]

    @property
    def objective(self) -> str:
        """Kind of outcome."""
        return objective_of(self.plan.target)

    @property
    def outcomes(self) -> Numbers:
        """What happened, row by row."""
        return np.asarray(self.rows[OUTCOME + self.plan.target.name], dtype=np.float64)


def objective_of(target: Target) -> str:
    """What trees that foresee a target make small."""
    if target.is_binary:
        return LOGISTIC
    return COUNT if target.kind == "order_count" else AMOUNT


def bins_of(
    data: Dataset,
    plans: Sequence[Plan],
    given: Mapping[str, FeatureBins],
    max_bins: int,
) -> dict[str, FeatureBins]:
    """Bins of all candidates; new ones are made from days that are training days of every card."""
    found = dict(given)
    rows = data.frame
    for plan in plans:
        periods = _periods(data.rows_of(plan.target.name), plan)
        last = data.rows_of(plan.target.name).iloc[periods.train]["as_of_date"].max()
        rows = rows[rows["as_of_date"] <= last]
    for feature in sorted({name for plan in plans for name in plan.candidates}):
        if feature not in found and not given:
            is_category = data.kinds[feature] == CATEGORY
            refined = [bins for plan in plans for bins in _bins_now(plan, feature)]
            found[feature] = make_bins(
                *(feature, rows[feature]),
                is_category=is_category,
                max_bins=max_bins,
                refined=refined[0] if refined else None,
            )
    return found


def learn(
    data: Dataset,
    plan: Plan,
    bins: Mapping[str, FeatureBins],
    bin_set: str,
    tell: Callable[[str], None] = lambda _: None,
) -> Learned:
    """Learn a card from the training period and calibrate it on the next.

    Args:
        data: rows of the target, among others.
        plan: what to learn.
        bins: bins per feature.
        bin_set: name of their set.
        tell: told what is being done.

    Raises:
        CannotRun: there are too few rows, or nothing to learn.
    """
    rows = data.rows_of(plan.target.name).reset_index(drop=True)
    if rows.empty:
        raise CannotRun(
            f"{plan.target.name} has no outcome at any of the dates: the horizon of "
            f"{plan.target.horizon_days} days is not over, its table was never delivered, or "
            "nobody is in the population of the score"
        )
    periods = _periods(rows, plan)
    names = [name for name in plan.candidates if name in bins and name not in data.absent]
    codes = {name: bins[name].codes(rows[name]) for name in names}
    # A feature that is the same for everybody in the training period says nothing.
    names = [name for name in names if len(np.unique(codes[name][periods.train])) > 1]
    occasions = rows["as_of_date"].astype(str) + rows["pair_id"]
    trained_rows = rows.iloc[periods.train]
    examples = Examples(
        codes={name: codes[name] for name in names},
        outcomes=rows[OUTCOME + plan.target.name].to_numpy(dtype=np.float64),
        people=rows["person"],
        occasions=occasions,
        of_occasions=of_occasions(trained_rows[names], occasions.iloc[periods.train]),
        of_people=of_people(
            {name: codes[name][periods.train] for name in names if name not in plan.habits},
            trained_rows["person"],
        ),
        bins=bins,
        directions=plan.directions,
        objective=objective_of(plan.target),
    )
    origins = [
        (periods.train[earlier], periods.train[later])
        for earlier, later in rolling_origins(
            trained_rows["as_of_date"], trained_rows["person"], plan.target.horizon_days
        )
    ]
    choice = choose(examples, [*origins, (periods.train, periods.calibrate)], names, tell)
    tell(f"{len(choice.features)} features, {choice.rounds} trees")
    expert = plan.scale.sums(plan.expert.raw(rows, data.absent)) if plan.expert else None
    known = np.concatenate([periods.train, periods.calibrate])
    rung = climb(
        choice.sums,
        None if expert is None else expert[choice.later],
        examples.outcomes[choice.later],
        examples.people.iloc[choice.later],
        choice.rarer,
        weights=choice.weights,
        rarer=examples.at(known).rarer,
        objective=examples.objective,
    )
    outcomes = examples.outcomes[periods.calibrate]
    by_hand = expert[periods.calibrate] if expert is not None else np.zeros(len(outcomes))
    line = before_line = calibrate(by_hand, outcomes, examples.objective)
    if plan.live:
        live = plan.scale.sums(plan.live.raw(rows.iloc[periods.calibrate], data.absent))
        before_line = calibrate(live, outcomes, examples.objective)
    # The slope is that of trees that had not seen the period; then they grow on it too.
    foreseen = choice.sums[-choice.latest :]
    grown = examples.at(known).grow(choice.features, choice.rounds).additive()
    card = from_additive(grown, plan.scale, bin_set, bins)
    if rung.evidence == SHRUNK and plan.expert is not None:
        fine = plan.expert.rebinned(bin_set, bins).calibrated(line, plan.scale)
        card = card.blended(fine, rung.weight)
        foreseen = rung.weight * foreseen + (1 - rung.weight) * line(by_hand)
    slope = calibrate(foreseen, outcomes, examples.objective).slope
    sums = slope * plan.scale.sums(card.raw(rows.iloc[periods.calibrate], data.absent))
    mine = Line(level(sums, outcomes, examples.objective), slope)
    return Learned(
        plan=plan,
        card=card.calibrated(mine, plan.scale),
        rung=rung,
        choice=choice,
        periods=periods,
        rows=rows,
        before_line=(before_line.intercept, before_line.slope),
    )


def is_worth_writing(learned: Learned) -> bool:
    """Whether outcomes carry more than the expert card."""
    return learned.rung.evidence != EXPERT


def _bins_now(plan: Plan, feature: str) -> list[FeatureBins]:
    """Bins of a feature in the card that is there now, if it uses it."""
    if plan.expert is None:
        return []
    return [bins for key, bins in plan.expert.bins.items() if key[1] == feature]


def _periods(rows: pd.DataFrame, plan: Plan) -> Periods:
    return split(
        rows["as_of_date"],
        plan.target.horizon_days,
        calibrate_from=plan.calibrate_from,
        test_from=plan.test_from,
    )
