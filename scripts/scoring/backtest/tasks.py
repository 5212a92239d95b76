"""What is replayed: data, question and dates, written down before a test is opened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from scoring.backtest.bootstrap import REPLICATES
from scoring.errors import CannotRun
from scoring.public_data.bank import MACRO_ECONOMIC

if TYPE_CHECKING:
    from collections.abc import Mapping


_AGAIN = (
    "and once more on the same day, after the way to choose features, trees and cut-offs had been "
    "changed on the rows to learn from (decision 23, which keeps what was found first)"
)
_OFFERS_AGAIN = (
    "after its dates had been opened three times while the features of pairs were settled "
    "(../offers.md), and once more when three shares of baskets had been left out for the points "
    "that they gave (decision 26)"
)
_SPEND_TRIED = (
    (
        "The card states a mean, which the largest sums pull up; the absolute error is least "
        "nearer the median. On the rolling origins the error is 68.0 (last 91 days: 67.7); "
        "said 5 % lower it would be 67.6, and the total 5 % short. Left: what is stated must "
        "add up."
    ),
    "Another Tweedie power, on the origins: 1.1 gives 68.0, 1.6 gives 68.2 (1.3: 68.0).",
)
_CDNOW_TRIED = (
    (
        "On people who were not learned from, over 13 weeks: error .395; said 10 % lower "
        ".382, said by half .340. What errs least expects far too little, since most never "
        "return; the level is left where totals are right."
    ),
)
_BANK_TRIED = (
    (
        "On March 2009, the latest to learn from: rows started from the level of their day "
        "reach AUC .587, as they are .595."
    ),
    (
        "The months before foresee nothing of it (AUC .51, .49, .42 on the origins, whatever "
        "is kept)."
    ),
)
_OFFERS_TRIED = (
    (
        "On 1 October 2017, with earlier dates to learn from, MAP@10: .5494 with the last of "
        "these only counting trees, .5510 learned from it too, .5521 with amounts spent, "
        ".5525 to .5546 with features of the person; LightGBM .5540 to .5555, own frequency "
        ".5478 (decision 26)."
    ),
)


@dataclass(frozen=True)
class Task:
    """One question of the benchmark.

    Attributes:
        name: in lower case, also the name of its files.
        title: in words.
        data: panel, cdnow, bank or german.
        target: row of the seed `score_targets` that is learned from.
        dates: as-of dates.
        test_from: first date of the test; None where people are drawn instead.
        opened: day on which the test was opened first.
        again: when and why it was opened once more; empty where it was not.
        calibrate_from: first date of the card's calibration; None to choose it.
        without: features that must not be used, with the reason.
        directions: the outcome may only rise (+1) or only fall (-1) with these features.
        judged_on: another target that is judged, of a longer horizon; empty for the same.
        margin: what one event earns, in costs of a contact; 0 where nobody is contacted.
        split: how rows were parted, in words.
        nothing_dropped: the card's trees on all features are shown too, to tell what its choice of
            features is worth.
        tried: what was tried on the rows to learn from where the goal was not reached.
        repeats: of the drawing of people.
        draws: of the bootstrap.
    """

    name: str
    title: str
    data: str
    target: str
    dates: tuple[date, ...]
    test_from: date | None
    opened: date
    split: str
    calibrate_from: date | None = None
    without: Mapping[str, str] = field(default_factory=dict)
    directions: Mapping[str, int] = field(default_factory=dict)
    judged_on: str = ""
    margin: float = 0.0
    nothing_dropped: bool = False
    again: str = _AGAIN
    tried: tuple[str, ...] = ()
    repeats: int = 1
    draws: int = REPLICATES

    @property
    def is_of_offers(self) -> bool:
        """Whether it asks of people and offers; `dates` are the last to learn from, then tests."""
        return self.target == "offer_affinity"

    @property
    def targets(self) -> tuple[str, ...]:
        """All targets that are needed."""
        return (self.target, self.judged_on) if self.judged_on else (self.target,)


_OPENED = date(2026, 11, 22)
_PANEL_DATES = tuple(date(2017, 3, 8) + timedelta(14) * place for place in range(20))
_CDNOW_TEST = date(1997, 10, 1)
_CALLED = "the rows are the contacts of a month, as of its first day"
_UNLAWFUL = "no ground for a decision on credit"

_NOVEMBER: dict[str, Any] = {
    "data": "panel",
    "dates": _PANEL_DATES,
    "test_from": date(2017, 11, 1),
    "opened": _OPENED,
    "split": "every second week; outcomes known by 1 November 2017 to learn, November to test",
}
_BANK: dict[str, Any] = {
    "data": "bank",
    "target": "campaign_response",
    "dates": (date(2008, 5, 1), date(2010, 11, 1)),
    "test_from": date(2009, 4, 1),
    "calibrate_from": date(2009, 3, 1),
    "opened": _OPENED,
    "split": f"{_CALLED}; contacts to March 2009 (68 %) to learn, later ones to test",
    "margin": 10,
    "nothing_dropped": True,
}

TASKS = (
    Task(
        name="lapse",
        title="Household panel: no order in 28 days, active households",
        target="lapse_risk",
        **_NOVEMBER,
    ),
    Task(
        name="response",
        title="Household panel: an answer within 28 days of a mailing",
        data="panel",
        target="campaign_answer",
        dates=_PANEL_DATES,
        test_from=date(2017, 9, 5),
        opened=_OPENED,
        split="first days of campaigns; those before 15 August 2017 to learn, those from "
        "5 September to test, since answers to the largest one are known on that day; one campaign "
        "between is left out",
        margin=10,
    ),
    Task(
        name="spend",
        title="Household panel: spend in 28 days",
        target="customer_value_28d",
        tried=_SPEND_TRIED,
        **_NOVEMBER,
    ),
    Task(
        name="offers",
        title="Household panel: 120 categories of goods, taken within 28 days",
        data="panel",
        target="offer_affinity",
        dates=(date(2017, 10, 1), date(2017, 11, 1), date(2017, 11, 29)),
        test_from=date(2017, 11, 1),
        opened=_OPENED,
        split="pairs of seven dates to 3 September 2017 and of 1 October to learn, those of 1 and "
        "29 November to test",
        again=_OFFERS_AGAIN,
        tried=_OFFERS_TRIED,
    ),
    Task(
        name="cdnow",
        title="CDNOW: repeat purchases in 39 weeks",
        data="cdnow",
        target="order_count_91d",
        judged_on="order_count_273d",
        dates=(
            *(_CDNOW_TEST - timedelta(7) * place for place in range(26, 12, -1)),
            *(_CDNOW_TEST - timedelta(126), _CDNOW_TEST - timedelta(84), _CDNOW_TEST),
        ),
        test_from=_CDNOW_TEST,
        opened=_OPENED,
        split="weeks 13 to 26 with the 13 weeks after them to learn, weeks 40 to 78 to test",
        tried=_CDNOW_TRIED,
    ),
    Task(
        name="bank",
        title="Bank: subscription at a contact, without macro-economic columns",
        tried=_BANK_TRIED,
        without=dict.fromkeys((f"attribute_{name}" for name in MACRO_ECONOMIC), "shown apart"),
        **_BANK,
    ),
    Task(
        name="bank_macro",
        title="Bank: the same with the five macro-economic columns",
        **_BANK,
    ),
    Task(
        name="german",
        title="German credit: default, ten times 5-fold",
        data="german",
        target="credit_default",
        dates=(date(1994, 1, 1),),
        test_from=None,
        opened=_OPENED,
        split="ten times five random parts of the people, each judged by the other four",
        without=dict.fromkeys(
            (
                "attribute_personal_status_and_sex",
                "attribute_age_years",
                "attribute_foreign_worker",
            ),
            _UNLAWFUL,
        )
        | dict.fromkeys(("open_loan_amount", "exposure_amount"), "the amount of the credit again"),
        directions={
            "attribute_duration_months": 1,
            "attribute_installment_rate": 1,
        },
        repeats=10,
    ),
)


def find_tasks(data: str, names: tuple[str, ...]) -> tuple[Task, ...]:
    """Tasks of a data set, or those named.

    Raises:
        CannotRun: there is no such data set or task.
    """
    known = {task.name for task in TASKS}
    unknown = sorted(set(names) - known)
    if unknown:
        raise CannotRun(
            f"there is no task {', '.join(unknown)}: choose among {', '.join(sorted(known))}"
        )
    sets = {task.data for task in TASKS}
    if data and data not in sets:
        raise CannotRun(f"there is no data set '{data}': choose one of {', '.join(sorted(sets))}")
    found = tuple(
        task
        for task in TASKS
        if (not data or task.data == data) and (not names or task.name in names)
    )
    if not found:
        raise CannotRun(f"no task of {data} is named {', '.join(names)}")
    return found
