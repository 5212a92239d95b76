"""The test of a card, opened once: beside the card before it, by tenth and by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scoring.training.calibration import expected
from scoring.training.measures import Decile, Estimate, deciles, intervals, losses, measures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from scoring.training.boosting import Numbers
    from scoring.training.cards import Card
    from scoring.training.dataset import Dataset
    from scoring.training.learn import Learned


@dataclass(frozen=True)
class Verdict:
    """What the test said, opened once.

    Attributes:
        measures: per measure, of the card and of the card before it, calibrated alike.
        difference: mean loss of the card less that of the card before it.
        deciles: the calibration table.
        groups: rows, expected and observed of groups that are never features.
    """

    measures: Mapping[str, tuple[Estimate, Estimate | None]]
    difference: Estimate | None
    deciles: Sequence[Decile]
    groups: Sequence[tuple[str, str, int, float, float]]

    @property
    def loses(self) -> bool:
        """Whether the card is worse than the one before it, beyond chance."""
        return self.difference is not None and self.difference.lower > 0


def judge(learned: Learned, card: Card, data: Dataset) -> Verdict:
    """Open the test: how the rounded card does beside the one before it, calibrated alike."""
    rows = learned.rows.iloc[learned.periods.test]
    scale, objective = learned.plan.scale, learned.objective
    outcomes = learned.outcomes[learned.periods.test]
    sums = scale.sums(card.raw(rows, data.absent))
    before = None
    if learned.plan.before is not None:
        intercept, slope = learned.before_line
        before = intercept + slope * scale.sums(learned.plan.before.raw(rows, data.absent))
    people = rows["person"]
    found = {}
    for name, measure in measures(objective).items():

        def of(some: Numbers, measure: Callable[..., float] = measure) -> Estimate:
            return intervals(lambda places: measure(some[places], outcomes[places]), people)

        found[name] = (of(sums), None if before is None else of(before))
    difference = None
    if before is not None:
        by_row = losses(sums, outcomes, objective) - losses(before, outcomes, objective)
        difference = intervals(lambda places: float(np.mean(by_row[places])), people)
    return Verdict(
        measures=found,
        difference=difference,
        deciles=deciles(sums, outcomes, objective),
        groups=_groups(rows, sums, outcomes, objective, data.groups),
    )


def _groups(
    rows: pd.DataFrame, sums: Numbers, outcomes: Numbers, objective: str, known: pd.DataFrame
) -> list[tuple[str, str, int, float, float]]:
    fitted = expected(sums, objective)
    found = []
    for column in known.columns:
        values = known[column].reindex(rows["person"]).to_numpy()
        for value in sorted({str(one) for one in values if isinstance(one, str)}):
            of_group = np.flatnonzero(values == value)
            found.append(
                (
                    *(str(column), value, len(of_group)),
                    *(float(np.mean(fitted[of_group])), float(np.mean(outcomes[of_group]))),
                )
            )
    return found
