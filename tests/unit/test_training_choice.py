"""A card keeps all that does no harm on later days, and no chance difference of days or people."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.training.bins import make_bins
from scoring.training.boosting import LOGISTIC
from scoring.training.cuts import cut_offs
from scoring.training.examples import Examples, of_occasions, of_people
from scoring.training.gains import HURTS, NOT_FOR_OTHERS, TURNED, UNPROVEN, Gain
from scoring.training.learning import Choice, choose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scoring.training.boosting import Numbers

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
    return _chosen(frame, outcomes, day, pd.Series(np.arange(rows)).astype(str))


@cache
def _choice_of_traits() -> Choice:
    """Two hundred people on six days, of whom some are more willing than others, as ever.

    `useful` goes along with that. `lucky` is a number of their own that nothing follows from.
    """
    random = np.random.default_rng(8)
    day = np.repeat(np.arange(_DAYS), 200)
    who = np.tile(np.arange(200), _DAYS)
    useful = random.normal(size=200)
    willing = useful + 1.5 * random.normal(size=200)
    frame = pd.DataFrame(
        {
            "strong": random.normal(size=len(day)),
            "useful": useful[who],
            "lucky": random.uniform(size=200)[who],
        }
    )
    sums = frame["strong"] + willing[who]
    outcomes = (random.uniform(size=len(day)) < 1 / (1 + np.exp(-sums))).astype(np.float64)
    return _chosen(frame, outcomes, day, pd.Series(who).astype(str))


def _chosen(
    frame: pd.DataFrame, outcomes: Numbers, day: NDArray[np.int_], people: pd.Series
) -> Choice:
    bins = {name: make_bins(name, frame[name], is_category=False) for name in frame.columns}
    occasions = pd.Series(day).astype(str)
    codes = {name: bins[name].codes(frame[name]) for name in bins}
    examples = Examples(
        codes=codes,
        outcomes=np.asarray(outcomes),
        people=people,
        occasions=occasions,
        of_occasions=of_occasions(frame, occasions),
        of_people=of_people(codes, people),
        bins=bins,
        directions={},
        objective=LOGISTIC,
    )
    origins = [(np.flatnonzero(day < d), np.flatnonzero(day == d)) for d in (3, 4, 5)]
    return choose(examples, origins, list(bins), lambda _: None)


def _gain(feature: str, choice: Choice | None = None) -> Gain:
    gains = (choice or _choice()).gains
    return next(gain for gain in gains if gain.feature == feature)


def test_a_feature_that_turns_harmful_on_later_days_is_dropped() -> None:
    assert _gain("turning").dropped in {HURTS, TURNED}
    assert "turning" not in _choice().features


def test_a_weak_feature_that_counts_is_kept() -> None:
    assert {"strong", "weak"} <= set(_choice().features)


def test_what_says_the_same_of_everybody_on_a_day_is_dropped_unless_proven() -> None:
    assert _gain("rate").dropped == UNPROVEN
    assert "rate" not in _choice().features


def test_a_trait_of_pure_chance_is_judged_by_other_people() -> None:
    """It tells of the same people on later days, which is no more than knowing who they are."""
    choice = _choice_of_traits()
    lucky = _gain("lucky", choice)
    assert lucky.dropped == NOT_FOR_OTHERS
    assert lucky.latest > lucky.latest_error
    assert lucky.mean < 0
    assert choice.features == ("useful", "strong")


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


def test_what_changes_its_bin_is_no_trait() -> None:
    people = pd.Series(["a", "b", "c", "d"] * 25 + ["once"])
    codes = {
        "place": people.map({"a": 1, "b": 2, "c": 3, "d": 2, "once": 4}).to_numpy(),
        "age": people.map({"a": 2, "b": 5, "c": 9}).fillna(0).to_numpy(dtype=int)
        + (np.arange(101) > 97),
        "spend": people.map({"a": 2, "b": 8, "c": 14, "d": 19, "once": 1}).to_numpy()
        + np.arange(101) // 4 % 3,
    }
    assert of_people(codes, people) == {"place", "age"}
    once = {name: of_feature[-4:] for name, of_feature in codes.items()}
    assert of_people(once, people[-4:]) == frozenset()


def test_the_high_end_of_amounts_has_bins_of_its_own() -> None:
    amounts = np.exp(np.random.default_rng(1).normal(4, 1, size=20_000))
    cuts = [float(cut) for cut in cut_offs(amounts, 20, is_integer=False)]
    assert len(cuts) <= 19
    shares = [float(np.mean(amounts >= cut)) for cut in cuts]
    assert shares[-1] < 0.003
    assert sum(share < 0.04 for share in shares) >= 4
