"""Periods in time order, so far apart that no horizon reaches into the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    Places = NDArray[np.intp]

_TEST_SHARE = 0.2
_CALIBRATE_SHARE = 0.1
# Months are not equally full.
_SLACK = 0.02
_ORIGIN_SHARES = (0.4, 0.6, 0.8)
_FEWEST_ROWS = 100


@dataclass(frozen=True)
class Periods:
    """Rows of the three periods, as places, with the days on which two of them begin."""

    train: Places
    calibrate: Places
    test: Places
    calibrate_from: pd.Timestamp
    test_from: pd.Timestamp


def split(
    days: pd.Series,
    horizon_days: int,
    *,
    calibrate_from: date | None = None,
    test_from: date | None = None,
) -> Periods:
    """Train, calibrate, test; a row whose horizon reaches into the next period is left out.

    Args:
        days: as-of date of every row.
        horizon_days: days that the outcome looks ahead.
        calibrate_from: first day of the calibration; by default the latest that leaves a tenth of
            the rows to it.
        test_from: first day of the test; by default that of the last fifth of the rows.

    Raises:
        CannotRun: a period has no row.
    """
    horizon = pd.Timedelta(days=horizon_days)
    values = pd.to_datetime(days).reset_index(drop=True)
    counts = values.value_counts().sort_index()
    if test_from is not None:
        tested = pd.Timestamp(test_from)
    else:
        before = counts.cumsum() - counts
        tested = counts.index[
            np.flatnonzero(before >= (1 - _TEST_SHARE - _SLACK) * len(values))[:1]
        ]
        tested = tested[0] if len(tested) else counts.index[-1]
    if calibrate_from is not None:
        calibrated = pd.Timestamp(calibrate_from)
    else:
        earlier = counts[counts.index <= tested - horizon][::-1].cumsum()
        enough = earlier[earlier >= (_CALIBRATE_SHARE - _SLACK) * len(values)]
        if not len(enough):
            raise CannotRun(_too_short(values, horizon_days))
        calibrated = enough.index[0]
    train = np.flatnonzero(values <= calibrated - horizon)
    calibrate = np.flatnonzero((values >= calibrated) & (values <= tested - horizon))
    test = np.flatnonzero(values >= tested)
    if not len(train) or not len(calibrate) or not len(test):
        raise CannotRun(_too_short(values, horizon_days))
    return Periods(train, calibrate, test, calibrated, tested)


def rolling_origins(
    days: pd.Series, people: pd.Series, horizon_days: int
) -> list[tuple[Places, Places]]:
    """Pairs of earlier and later rows to choose settings on, as places, the latest last.

    A period in which the horizon fits once has one of them. Where it does not fit at all, people
    are drawn into three parts by a hash: a person's rows stay together.
    """
    values = pd.to_datetime(days).reset_index(drop=True)
    counts = values.value_counts().sort_index()
    before = counts.cumsum() - counts
    starts = sorted(
        {
            counts.index[int(np.argmin(np.abs(before - share * len(values))))]
            for share in _ORIGIN_SHARES
        }
    )
    horizon = pd.Timedelta(days=horizon_days)
    ends = [*starts[1:], values.max() + pd.Timedelta(days=1)]
    origins = [
        (
            np.flatnonzero(values <= start - horizon),
            np.flatnonzero((values >= start) & (values < end)),
        )
        for start, end in zip(starts, ends, strict=True)
    ]
    first = values.min() + horizon
    origins.append((np.flatnonzero(values <= first - horizon), np.flatnonzero(values >= first)))
    usable = [pair for pair in origins if min(len(pair[0]), len(pair[1])) >= _FEWEST_ROWS]
    if usable:
        return usable[: max(len(usable) - 1, 1)] if usable[-1] is origins[-1] else usable
    drawn = pd.util.hash_array(people.to_numpy(dtype=object)) % len(_ORIGIN_SHARES)
    return [
        (np.flatnonzero(drawn != part), np.flatnonzero(drawn == part))
        for part in range(len(_ORIGIN_SHARES))
    ]


def _too_short(values: pd.Series, horizon_days: int) -> str:
    return (
        f"dates from {values.min():%Y-%m-%d} to {values.max():%Y-%m-%d} are too few for training, "
        f"calibration and test with a horizon of {horizon_days} days, which may not reach into the "
        "next period: give earlier dates, or move --calibrate-from and --test-from"
    )
