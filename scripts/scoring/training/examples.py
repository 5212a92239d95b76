"""Rows to learn from, as bin codes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scoring.training.bins import MISSING
from scoring.training.boosting import LOGISTIC, fit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from scoring.training.bins import Codes, FeatureBins
    from scoring.training.boosting import Fit, Numbers
    from scoring.training.splits import Places

# Share of a feature's variance that lies between occasions.
_OF_THE_OCCASION = 0.9
# Share of the variance of its bins that lies between people: an age stays in its bin for years.
_OF_THE_PERSON = 0.875


@dataclass(frozen=True)
class Examples:
    """Rows to learn from, binned.

    Attributes:
        codes: bin codes per feature.
        outcomes: 0 or 1, amounts or counts.
        people: whose row it is.
        occasions: when the row was asked: its date, and its campaign where it has one.
        of_occasions: features that say the same of everybody on an occasion.
        of_people: features that say the same of a person on every occasion.
        bins: bins per feature.
        directions: declared directions per feature, of the score.
        objective: kind of outcome, of `boosting`.
    """

    codes: Mapping[str, Codes]
    outcomes: Numbers
    people: pd.Series
    occasions: pd.Series
    of_occasions: frozenset[str]
    of_people: frozenset[str]
    bins: Mapping[str, FeatureBins]
    directions: Mapping[str, int]
    objective: str

    def at(self, places: Places) -> Examples:
        """Some of the rows."""
        return replace(
            self,
            codes={feature: codes[places] for feature, codes in self.codes.items()},
            outcomes=self.outcomes[places],
            people=self.people.iloc[places],
            occasions=self.occasions.iloc[places],
        )

    @property
    def rarer(self) -> int:
        """Rows of the rarer class; for amounts, rows with any."""
        yes = int(np.sum(self.outcomes > 0))
        return min(yes, len(self.outcomes) - yes) if self.objective == LOGISTIC else yes

    def grow(self, features: Sequence[str], rounds: int) -> Fit:
        """Trees on these rows."""
        return fit(
            self.codes,
            self.outcomes,
            self.bins,
            features=features,
            directions=self.directions,
            objective=self.objective,
            rounds=rounds,
        )


def of_occasions(frame: pd.DataFrame, occasions: pd.Series) -> frozenset[str]:
    """Features that say the same of everybody on an occasion, or nearly so.

    They rank nobody, they move the level, and there are as many cases of them as occasions, however
    many rows there are: the interest rate of a month, the kind of a campaign.

    Args:
        frame: features of the rows.
        occasions: when the rows were asked.
    """
    import pandas as pd

    codes = pd.factorize(occasions)[0]
    found = set()
    for name in frame.columns:
        column = frame[name]
        known = column.notna().to_numpy()
        if not known.any():
            continue
        if pd.api.types.is_numeric_dtype(column):
            levels = column[known].to_numpy(dtype=np.float64)[:, None]
        else:
            levels = pd.get_dummies(column[known]).to_numpy(dtype=np.float64)
        means = pd.DataFrame(levels).groupby(codes[known]).transform("mean").to_numpy()
        total = float(np.sum(np.var(levels, axis=0)))
        if total > 0 and float(np.sum(np.var(means, axis=0))) >= _OF_THE_OCCASION * total:
            found.add(str(name))
    return frozenset(found)


def of_people(codes: Mapping[str, Codes], people: pd.Series) -> frozenset[str]:
    """Features that say the same of a person on every occasion, or nearly so.

    However many rows there are, there are as many cases of them as people: where someone lives, how
    many children he has. It is bins that must stay, not amounts: these hardly move in a month
    beside how people differ. People with one row tell nothing.

    Args:
        codes: bin codes of the rows per feature; none made from events, which over a few weeks say
            the same too, and yet are habits.
        people: whose rows they are.
    """
    import pandas as pd

    whose = pd.factorize(people)[0].astype(np.int64)
    return frozenset(
        feature
        for feature, column in codes.items()
        if _share_between(column[column > MISSING], whose[column > MISSING]) >= _OF_THE_PERSON
    )


def _share_between(codes: Codes, whose: NDArray[np.int64]) -> float:
    """Share of the variance of bins that lies between people, among those with several rows."""
    again = np.bincount(whose)[whose] > 1 if len(whose) else np.zeros(0, dtype=np.bool_)
    codes, whose = codes[again], whose[again]
    if not len(codes) or codes.min() == codes.max():
        return 0.0
    width = int(codes.max()) + 1
    pairs, counts = np.unique(whose * width + codes, return_counts=True)
    within = 1 - float(np.sum(counts**2 / np.bincount(whose)[pairs // width])) / len(codes)
    total = 1 - float(np.sum((np.bincount(codes) / len(codes)) ** 2))
    return 1 - within / total
