"""A card keeps all that does no harm on later days, and nothing that says a day for a person."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from scoring.training.bins import make_bins
from scoring.training.boosting import LOGISTIC
from scoring.training.cuts import cut_offs
from scoring.training.examples import Examples, of_occasions
from scoring.training.learning import HURTS, TURNED, UNPROVEN, Choice, Gain, choose

_PEOPLE = 900
_DAYS = 6


@cache
def _choice() -> Choice:
    """Six days: `strong` and `weak` always count, `turning` counts the other way round at the end.

    `rate` says the same of everybody on a day, and went along with the level on the first days.
    """
    random = np.random.default_rng(8)
    day = np.repeat(np.arange(_DAYS), _PEOPLE)
    rows = len(day)
    frame = pd.DataFrame(
        {name: random.normal(size=rows) for name in ("strong", "weak", "turning", "nothing")}
    )
    frame["rate"] = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])[day]
    level = np.array([-1.5, -1.2, -0.9, -0.6, -1.2, -1.5])[day]
    turned = np.where(day < 4, 1.0, -1.0)
    sums = level + 1.2 * frame["strong"] + 0.25 * frame["weak"] + 0.5 * turned * frame["turning"]
    outcomes = (random.uniform(size=rows) < 1 / (1 + np.exp(-sums))).astype(np.float64)
    bins = {name: make_bins(name, frame[name], is_category=False) for name in frame.columns}
    occasions = pd.Series(day).astype(str)
    examples = Examples(
        codes={name: bins[name].codes(frame[name]) for name in bins},
        outcomes=outcomes,
        people=pd.Series(np.arange(rows)).astype(str),
        occasions=occasions,
        of_occasions=of_occasions(frame, occasions),
        bins=bins,
        directions={},
        objective=LOGISTIC,
    )
    origins = [(np.flatnonzero(day < d), np.flatnonzero(day == d)) for d in (3, 4, 5)]
    return choose(examples, origins, list(bins), lambda _: None)


def _gain(feature: str) -> Gain:
    return next(gain for gain in _choice().gains if gain.feature == feature)


def test_a_feature_that_turns_harmful_on_later_days_is_dropped() -> None:
    assert _gain("turning").dropped in {HURTS, TURNED}
    assert "turning" not in _choice().features


def test_a_weak_feature_that_counts_is_kept() -> None:
    assert {"strong", "weak"} <= set(_choice().features)


def test_what_says_the_same_of_everybody_on_a_day_is_dropped_unless_proven() -> None:
    assert _gain("rate").dropped == UNPROVEN
    assert "rate" not in _choice().features


def test_later_origins_count_twice_as_much() -> None:
    choice = _choice()
    first, second, third = np.split(choice.weights, 3)
    assert len(choice.sums) == len(choice.weights) == 3 * _PEOPLE
    assert (second.sum() / first.sum(), third.sum() / second.sum()) == (2, 2)


def test_months_do_not_pass_for_people() -> None:
    month = pd.Series(["a", "b", "c", "d"] * 50)
    frame = pd.DataFrame(
        {
            "rate": month.map({"a": 1.0, "b": 2.0, "c": 2.5, "d": 9.0}),
            "season": month,
            "spend": np.arange(200.0) % 7,
        }
    )
    assert of_occasions(frame, month) == {"rate", "season"}


def test_the_high_end_of_amounts_has_bins_of_its_own() -> None:
    amounts = np.exp(np.random.default_rng(1).normal(4, 1, size=20_000))
    cuts = [float(cut) for cut in cut_offs(amounts, 20, is_integer=False)]
    assert len(cuts) <= 19
    shares = [float(np.mean(amounts >= cut)) for cut in cuts]
    assert shares[-1] < 0.003
    assert sum(share < 0.04 for share in shares) >= 4
