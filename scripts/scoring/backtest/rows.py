"""The rows that every prediction of a benchmark is made for: the same ones for all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pandas as pd

    from scoring.backtest.metrics import Days, Integers, Keys, Numbers
    from scoring.training.dataset import Dataset

CATEGORY = "category"


class Shape(StrEnum):
    """What an outcome is."""

    EVENT = "event"
    AMOUNT = "amount"
    COUNT = "count"


@dataclass(frozen=True)
class Rows:
    """Features as of dates, and what came.

    Attributes:
        frame: features alone, raw values; numbers with NaN, text with None.
        kinds: of each feature: number or category.
        outcome: 0 or 1, an amount or a count.
        person: whose row it is.
        date: as-of date.
        pair: what the person is paired with, for example a campaign; else empty.
        shape: what the outcome is.
        horizon_days: days that the outcome looks ahead.
    """

    frame: pd.DataFrame
    kinds: Mapping[str, str]
    outcome: Numbers
    person: Keys
    date: Days
    pair: Keys
    shape: Shape
    horizon_days: int

    def __len__(self) -> int:
        """How many."""
        return int(self.outcome.size)

    def take(self, chosen: Keys) -> Rows:
        """Some of the rows: their places, or a truth value for each."""
        return replace(
            self,
            frame=self.frame.iloc[np.flatnonzero(chosen) if chosen.dtype == bool else chosen],
            outcome=self.outcome[chosen],
            person=self.person[chosen],
            date=self.date[chosen],
            pair=self.pair[chosen],
        )

    def with_features(self, names: Collection[str]) -> Rows:
        """The same rows with these features alone."""
        kept = [name for name in self.frame.columns if name in names]
        return replace(
            self, frame=self.frame[kept], kinds={name: self.kinds[name] for name in kept}
        )

    def numbers(self, name: str) -> Numbers:
        """A feature's values.

        Raises:
            CannotRun: there is no such feature.
        """
        if name not in self.frame.columns:
            raise CannotRun(f"there is no feature {name} in these rows")
        values: Numbers = self.frame[name].to_numpy(dtype=np.float64)
        return values

    def known_by(self, day: np.datetime64) -> Rows:
        """Rows whose horizon is over on a day or before: what could be learned from then."""
        return self.take(self.date <= day - np.timedelta64(self.horizon_days, "D"))


def rows_of(dataset: Dataset, target_name: str, *, without: Collection[str] = ()) -> Rows:
    """Rows of a dataset that have an answer to a target.

    Features that say nothing, since they are empty or the same for all, are left out.

    Args:
        dataset: what `build_dataset` made.
        target_name: one of its targets.
        without: features that must not be used.
    """
    target = dataset.targets[target_name]
    frame = dataset.rows_of(target_name)
    features = [name for name in dataset.kinds if name not in without]
    told = [name for name in features if frame[name].nunique(dropna=False) > 1]
    shape = Shape.EVENT if target.is_binary else Shape.AMOUNT
    if target.kind == "order_count":
        shape = Shape.COUNT
    return Rows(
        frame=frame[told].reset_index(drop=True),
        kinds={name: dataset.kinds[name] for name in told},
        outcome=frame[f"outcome__{target_name}"].to_numpy(dtype=np.float64),
        person=frame["person"].to_numpy(dtype=str),
        date=frame["as_of_date"].to_numpy(dtype="datetime64[D]"),
        pair=frame["pair_id"].to_numpy(dtype=str),
        shape=shape,
        horizon_days=target.horizon_days,
    )


def rolling_origins(rows: Rows, count: int = 2) -> list[tuple[Rows, Rows]]:
    """Earlier rows to fit on and later ones to judge on, purged, the last origin last.

    The dates are cut into `count + 1` spells. Each spell but the first is judged by what was known
    on its first date. An origin with nothing to fit on, or without an event to tell, is left out.

    Raises:
        CannotRun: no origin is left.
    """
    dates = np.unique(rows.date)
    spells = [spell for spell in np.array_split(dates, count + 1) if spell.size]
    found = []
    for spell in spells[1:]:
        earlier = rows.known_by(spell[0])
        judged = rows.take(np.isin(rows.date, spell))
        if len(earlier) and _tells(earlier) and _tells(judged):
            found.append((earlier, judged))
    if not found:
        raise CannotRun(
            f"{dates.size} dates with a horizon of {rows.horizon_days} days leave no earlier rows "
            "to choose settings on: bring more history, or use people_folds"
        )
    return found


def people_folds(rows: Rows, count: int, seed: int) -> list[tuple[Rows, Rows]]:
    """Random parts of the people, each judged by what the others teach; events spread evenly."""
    return [
        (rows.take(fitted), rows.take(judged))
        for fitted, judged in places_of_folds(rows, count, seed)
    ]


def places_of_folds(rows: Rows, count: int, seed: int) -> list[tuple[Integers, Integers]]:
    """The places of the rows that `people_folds` fits and judges."""
    from sklearn.model_selection import StratifiedGroupKFold

    folds = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    split = folds.split(rows.frame, rows.outcome > 0, rows.person)
    return [(np.asarray(fitted), np.asarray(judged)) for fitted, judged in split]


def _tells(rows: Rows) -> bool:
    return float(np.ptp(rows.outcome)) > 0
