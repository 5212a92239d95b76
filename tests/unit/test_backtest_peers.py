from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from scoring.backtest import metrics
from scoring.backtest.peers import (
    additive,
    base,
    boosted,
    buy_till_you_die,
    linear,
    naive_bayes,
    rules,
)
from scoring.backtest.rows import Rows, Shape, people_folds, rolling_origins
from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.backtest.metrics import Days, Keys, Numbers

PEERS: tuple[base.Peer, ...] = (
    rules.Rfm(),
    rules.BestFeature(),
    rules.RecentAverage(),
    rules.Popularity(),
    rules.OwnFrequency("own_count"),
    naive_bayes.NaiveBayes(),
    linear.Linear(),
    boosted.Boosted(),
    additive.Additive(),
    buy_till_you_die.BuyTillYouDie(),
)


def _rows(
    outcome: Numbers,
    features: Mapping[str, Any],
    *,
    shape: Shape = Shape.EVENT,
    dates: Days | None = None,
    pair: Keys | None = None,
) -> Rows:
    frame = pd.DataFrame(features)
    count = outcome.size
    return Rows(
        frame=frame,
        kinds={
            name: "number" if pd.api.types.is_numeric_dtype(frame[name]) else "category"
            for name in frame.columns
        },
        outcome=outcome,
        person=np.arange(count).astype(str),
        date=np.full(count, np.datetime64("2020-01-01")) if dates is None else dates,
        pair=np.full(count, "") if pair is None else pair,
        shape=shape,
        horizon_days=28,
    )


def _buyers(count: int = 600, *, shape: Shape = Shape.EVENT) -> Rows:
    generator = np.random.default_rng(11)
    habit = generator.gamma(2, 1, count)
    orders = generator.poisson(habit * 3).astype(np.float64)
    silence = np.where(orders > 0, np.round(generator.exponential(30 / habit)), np.nan)
    stays = generator.random(count) < 0.8
    later = np.where(stays, generator.poisson(habit), 0)
    spans = {"7d": 0.08, "28d": 0.3, "91d": 1, "182d": 2, "364d": 4, "lifetime": 4}
    kinds = np.array(["town", "village", None], dtype=object)
    outcome = {Shape.EVENT: later > 0, Shape.COUNT: later, Shape.AMOUNT: later * 9.5}[shape]
    features = {
        "days_since_first_order": np.nan_to_num(silence) + 400,
        "days_since_last_order": silence,
        **{f"order_count_{span}": orders * share for span, share in spans.items()},
        **{f"order_amount_{span}": orders * share * 9.5 for span, share in spans.items()},
        "region": kinds[generator.integers(0, 3, count)],
        "luck": generator.normal(size=count),
    }
    return _rows(outcome.astype(np.float64), features, shape=shape)


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_every_peer_has_the_same_budget(peer: base.Peer) -> None:
    assert len(peer.settings) == base.BUDGET
    assert len({str(setting) for setting in peer.settings}) == base.BUDGET


def test_peers_say_what_they_are_for() -> None:
    said = {
        shape: {peer.name for peer in PEERS if peer.suits(_buyers(shape=shape))} for shape in Shape
    }
    every = {"RFM quintiles", "best single feature", "logistic regression", "LightGBM"}
    every |= {"one-split trees"}
    assert said[Shape.EVENT] == every | {"naive Bayes"}
    assert said[Shape.AMOUNT] == every | {"recent average"}
    assert said[Shape.COUNT] == every | {"recent average", "BG/NBD"}


@pytest.mark.parametrize(
    ("peer", "shape"),
    [(p, shape) for shape in Shape for p in PEERS[:-1] if p.suits(_buyers(shape=shape))],
    ids=lambda part: getattr(part, "name", None),
)
def test_peers_find_the_habit(peer: base.Peer, shape: Shape) -> None:
    rows = _buyers(shape=shape)
    early, late = rows.take(np.arange(400)), rows.take(np.arange(400, 600))
    predicted = peer.fit(early, peer.settings[0])(late)
    assert metrics.spearman(late.outcome, predicted.ranking) > 0.1
    assert predicted.expected is not None
    assert 0.6 < metrics.total_ratio(late.outcome, predicted.expected) < 1.4


def test_rfm_puts_who_never_bought_lowest() -> None:
    rows = _buyers()
    code = rules.Rfm().fit(rows, rules.Rfm().settings[0])
    never = np.isnan(rows.numbers("days_since_last_order"))
    ranking = code(rows).ranking
    assert never.any()
    assert ranking[never].max() <= np.median(ranking)


def test_best_feature_is_chosen_where_it_learns() -> None:
    generator = np.random.default_rng(1)
    outcome = (generator.random(400) < 0.5).astype(np.float64)
    tells = outcome + generator.normal(0, 0.5, 400)
    rows = _rows(outcome, {"noise": generator.normal(size=400), "tells": -tells})
    peer = rules.BestFeature()
    ranked = peer.fit(rows, {"place": 1})(rows).ranking
    # It falls with the outcome, and is turned round.
    assert np.array_equal(ranked, tells)


def test_missing_values_stand_where_their_outcomes_are() -> None:
    values = np.concatenate((np.repeat(np.arange(1.0, 11.0), 50), np.full(50, np.nan)))
    outcome = np.concatenate((np.repeat(np.arange(1.0, 11.0) / 20, 50), np.full(50, 0.5)))
    rows = _rows(outcome, {"days": values}, shape=Shape.AMOUNT)
    ranking = rules.BestFeature().fit(rows, {"place": 1})(rows).ranking
    assert ranking[-1] == 10.0


def test_naive_bayes_is_the_product_of_frequencies() -> None:
    outcome = np.array([1.0] * 4 + [0.0] * 6)
    colour = np.array(["red"] * 3 + ["blue"] + ["red"] * 2 + ["blue"] * 4, dtype=object)
    rows = _rows(outcome, {"colour": colour})
    said = naive_bayes.NaiveBayes().fit(rows, {"fields": 1, "parts": 5})(rows).ranking
    won, lost = 4 / 10 * 3.1 / 4.2, 6 / 10 * 2.1 / 6.2
    assert said[0] == pytest.approx(round(won / (won + lost), 4))


def test_naive_bayes_is_never_certain() -> None:
    outcome = np.repeat([1.0, 0.0], 500)
    texts = {f"t{i}": np.where(outcome > 0, "a", "b").astype(object) for i in range(8)}
    said = naive_bayes.NaiveBayes().fit(_rows(outcome, texts), {"fields": 8, "parts": 5})
    assert np.unique(said(_rows(outcome, texts)).ranking) == pytest.approx([0.0001, 0.9999])


def test_recent_average_is_brought_to_the_horizon() -> None:
    rows = _rows(
        np.array([10.0, 0.0]), {"order_amount_91d": np.array([91.0, 0])}, shape=Shape.AMOUNT
    )
    peer = rules.RecentAverage()
    assert peer.fit(rows, {"days": 91, "form": "as it is"})(rows).ranking.tolist() == [28.0, 0.0]
    fitted = peer.fit(rows, {"days": 91, "form": "fitted to the total"})(rows)
    assert fitted.ranking.tolist() == [10.0, 0.0]


def test_popularity_and_own_frequency_rank_offers() -> None:
    pair = np.array(["milk", "milk", "wine", "wine"])
    rows = _rows(np.array([1.0, 1.0, 0.0, 1.0]), {"own_count": np.array([0, 0, 0, 4.0])}, pair=pair)
    popular = rules.Popularity().fit(rows, {"weight": 0})(rows).ranking
    assert popular.tolist() == [1.0, 1.0, 0.5, 0.5]
    own = rules.OwnFrequency("own_count").fit(rows, {"weight": 1})(rows).ranking
    assert own.argmax() == 3
    assert own[0] > own[2]


def test_bg_nbd_finds_the_parameters_that_made_the_purchases() -> None:
    generator = np.random.default_rng(2)
    true = buy_till_you_die.BgNbd(r=0.8, alpha=6.0, a=1.5, b=3.0)
    age, weeks = 40.0, 20.0
    repeats, recency, later = [], [], []
    for rate, stop in zip(
        generator.gamma(true.r, 1 / true.alpha, 4000),
        generator.beta(true.a, true.b, 4000),
        strict=True,
    ):
        time, seen, last, after = 0.0, 0, 0.0, 0
        while time < age + weeks:
            time += generator.exponential(1 / rate)
            seen += time <= age
            last = time if time <= age else last
            after += age < time <= age + weeks
            if generator.random() < stop:
                break
        repeats.append(seen)
        recency.append(last)
        later.append(after)
    histories = buy_till_you_die.Histories(
        np.array(repeats, dtype=np.float64), np.array(recency), np.full(4000, age)
    )
    found = buy_till_you_die.fit_bg_nbd(histories)
    assert found.r == pytest.approx(true.r, rel=0.15)
    assert found.alpha == pytest.approx(true.alpha, rel=0.2)
    assert found.a / (found.a + found.b) == pytest.approx(1 / 3, abs=0.05)
    assert found.expected(histories, weeks).sum() == pytest.approx(sum(later), rel=0.1)


def test_settings_are_chosen_on_earlier_origins_only() -> None:
    """The judged rows of an origin begin after the horizon of what was fitted."""
    dates = np.arange("2020-01-01", "2020-07-01", np.timedelta64(7, "D"), dtype="datetime64[D]")
    rows = _rows(
        (np.arange(dates.size) % 2).astype(np.float64), {"x": dates.astype(int)}, dates=dates
    )
    origins = rolling_origins(rows)
    assert len(origins) == 2
    for fitted, judged in origins:
        assert fitted.date.max() + np.timedelta64(28, "D") <= judged.date.min()


def test_history_shorter_than_its_horizon_is_refused() -> None:
    rows = _rows(np.array([0.0, 1.0]), {"x": np.array([1.0, 2.0])})
    with pytest.raises(CannotRun, match="leave no earlier rows"):
        rolling_origins(rows)


def test_folds_keep_a_person_together() -> None:
    rows = _buyers()
    rows = rows.take(np.concatenate((np.arange(600), np.arange(600))))
    folds = people_folds(rows, 5, seed=1)
    assert sum(len(judged) for _, judged in folds) == 1200
    for fitted, judged in folds:
        assert not set(fitted.person) & set(judged.person)


def test_best_setting_wins_and_the_first_of_equals() -> None:
    rows = _buyers(shape=Shape.COUNT)

    class Constant:
        name = "constant"
        settings = base.grid(value=(5.0, 2.0, 2.0), at=(0,))

        def suits(self, rows: Rows) -> bool:
            return len(rows) > 0

        def fit(self, rows: Rows, setting: base.Setting) -> base.Fitted:
            del rows
            return lambda seen: base.Predicted(
                np.zeros(len(seen)), np.full(len(seen), float(setting["value"]))
            )

    tuned = base.tune(Constant(), rows, people_folds(rows, 3, seed=1))
    assert tuned.setting is Constant.settings[1]
