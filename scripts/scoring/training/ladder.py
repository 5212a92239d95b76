"""The ladder of evidence: expert, shrunk, trained. A card climbs when outcomes carry it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scoring.training.calibration import calibrate
from scoring.training.measures import losses, mean_and_error

if TYPE_CHECKING:
    import pandas as pd

    from scoring.training.boosting import Numbers

EXPERT = "expert"
SHRUNK = "shrunk"
TRAINED = "trained"
FEWEST_FOR_SHRUNK = 10
FEWEST_FOR_TRAINED = 100
WEIGHTS = (10, 30, 100, 300, 1000, 3000)
_USUAL_WEIGHT = 100


@dataclass(frozen=True)
class Rung:
    """Where a card stands.

    Attributes:
        evidence: expert, shrunk or trained.
        weight: share of what was learned; the rest is the expert card.
        half: outcomes of the rarer class at which both weigh the same; None where nothing is
            blended.
        rarer: outcomes of the rarer class in the training period.
        win: by how much the learned card's loss was below the expert's, on rolling origins.
        error: its standard error, with people as clusters.
    """

    evidence: str
    weight: float
    half: int | None
    rarer: int
    win: float
    error: float


def climb(
    learned: Numbers,
    expert: Numbers | None,
    outcomes: Numbers,
    people: pd.Series,
    rarer_of_rows: Numbers,
    *,
    weights: Numbers | None = None,
    rarer: int,
    objective: str,
) -> Rung:
    """How far the evidence of the rolling origins carries a card.

    The expert card is calibrated on the very rows that it is judged on, so that the learned one
    wins by what it knows, never by its level.

    Args:
        learned: sums of the learned card, each row judged by one that saw earlier days alone.
        expert: sums of the expert card; None where there is none.
        outcomes: what happened.
        people: whose rows they are.
        rarer_of_rows: outcomes of the rarer class that the learned card of each row saw.
        weights: what the rows count; all the same where not given.
        rarer: outcomes of the rarer class in the whole training period.
        objective: kind of outcome.
    """
    if rarer < FEWEST_FOR_SHRUNK and expert is not None:
        return Rung(EXPERT, 0.0, None, rarer, 0.0, 0.0)
    if expert is None:
        evidence = TRAINED if rarer >= FEWEST_FOR_TRAINED else SHRUNK
        return Rung(evidence, 1.0, None, rarer, 0.0, 0.0)
    levelled = calibrate(expert, outcomes, objective)(expert)
    by_expert = losses(levelled, outcomes, objective)
    win, error = mean_and_error(by_expert - losses(learned, outcomes, objective), people, weights)
    if rarer >= FEWEST_FOR_TRAINED and win > error:
        return Rung(TRAINED, 1.0, None, rarer, win, error)

    def loss(half: int) -> float:
        share = rarer_of_rows / (rarer_of_rows + half)
        blend = share * learned + (1 - share) * levelled
        return float(np.average(losses(blend, outcomes, objective), weights=weights))

    enough = float(np.min(rarer_of_rows)) >= FEWEST_FOR_SHRUNK
    half = min(WEIGHTS, key=lambda one: (loss(one), -one)) if enough else _USUAL_WEIGHT
    return Rung(SHRUNK, rarer / (rarer + half), half, rarer, win, error)
