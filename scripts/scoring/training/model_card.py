"""The page of a card: from what it was learned, how it did, and where it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scoring.training.boosting import LOGISTIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scoring.training.bins import FeatureBins
    from scoring.training.dataset import Dataset
    from scoring.training.judge import Verdict
    from scoring.training.learning import Choice
    from scoring.training.measures import Estimate
    from scoring.training.splits import Places
    from scoring.training.train import Outcome

_TOP = 12
_NONE = "\N{EN DASH}"
_SMALLEST_GROUP = 50


def model_card(outcome: Outcome, data: Dataset) -> str:
    """The page in Markdown; the same card gives the same text."""
    verdict = outcome.verdict
    parts = [
        _head(outcome, data),
        _periods(outcome),
        _ladder(outcome),
        _features(outcome),
        _test(verdict) if verdict else "",
        _groups(verdict, outcome) if verdict else "",
        _limits(outcome, data),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(outcome: Outcome, data: Dataset) -> str:
    target = outcome.learned.plan.target
    drawn = "" if data.share >= 1 else f", drawn by a hash from {data.share:.1%} of the people"
    people = outcome.learned.rows["person"].nunique()
    population = target.population
    if target.active_days:
        population += f" (an order in the last {target.active_days} days)"
    return (
        f"# {outcome.score_name}, version {outcome.version}\n\n"
        f"Evidence: **{outcome.learned.rung.evidence}**. Made by `scoring train`; do not edit.\n\n"
        f"Asked: `{target.kind}` in {target.horizon_days} days, of the population `{population}`.\n"
        f"Rows: {len(outcome.learned.rows):,} of {people:,} people{drawn}. Data up to "
        f"{data.as_of_date:%Y-%m-%d}."
    )


def _periods(outcome: Outcome) -> str:
    learned = outcome.learned
    rows = learned.rows["as_of_date"]

    def line(name: str, places: Places, use: str) -> list[str]:
        days = rows.iloc[places]
        outcomes = learned.outcomes[places]
        came = (
            f"{np.mean(outcomes):.1%}"
            if learned.objective == LOGISTIC
            else f"{np.mean(outcomes):,.2f}"
        )
        span = f"{days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}"
        return [name, span, f"{days.nunique()}", f"{len(places):,}", came, use]

    periods = learned.periods
    table = _table(
        ["period", "as-of dates", "dates", "rows", "outcome", "used for"],
        [
            line("train", periods.train, "bins, trees, choice of features on rolling origins"),
            line("calibrate", periods.calibrate, "the latest origin; level and slope; then trees"),
            line("test", periods.test, "this page; chose nothing"),
        ],
    )
    return (
        "## Periods\n\nIn time order; a row whose horizon would reach into the next period is left "
        f"out.\n\n{table}"
    )


def _ladder(outcome: Outcome) -> str:
    rung = outcome.learned.rung
    choice = outcome.learned.choice
    text = (
        f"## Evidence\n\n{rung.rarer:,} outcomes of the rarer kind before the test. On "
        f"{choice.origins} rolling origins the learned card's loss was {rung.win:.5f} below that "
        f"of {_climbed_from(outcome)} (standard error {rung.error:.5f}, people as clusters)."
    )
    if rung.half is not None:
        text += (
            f" It is blended with that card: {rung.weight:.2f} parts learned, by "
            f"n / (n + {rung.half})."
        )
    return text


def _climbed_from(outcome: Outcome) -> str:
    plan = outcome.learned.plan
    return "the card before it" if plan.live is plan.expert else "the card by hand"


def _features(outcome: Outcome) -> str:
    choice = outcome.learned.choice
    gains = {gain.feature: gain for gain in choice.gains}
    rows = []
    for key in outcome.card.keys:
        points = {code: n for code, n in outcome.card.points[key].items() if code > 0}
        ranked = sorted((number, code) for code, number in points.items())
        low, high = ranked[0][1], ranked[-1][1]
        gain = gains.get(key[1])
        rows.append(
            (
                -(points[high] - points[low]),
                [
                    *(f"`{key[1]}`", _said(outcome.card.bins[key], low, points[low])),
                    _said(outcome.card.bins[key], high, points[high]),
                    f"{gain.mean:.5f}" if gain and key[1] in choice.features else _NONE,
                ],
            )
        )
    rows.sort(key=lambda row: (row[0], row[1][0]))
    table = _table(
        ["feature", "fewest points", "most points", "worth on later days"],
        [cells for _, cells in rows[:_TOP]],
    )
    refused = ""
    if outcome.refused:
        refused = "\n\nRefused, since they are written after the outcome:\n\n" + "\n".join(
            f"* `{one.feature}` ({one.field}): {one.reason}" for one in outcome.refused
        )
    return (
        f"## Features\n\n{len(choice.features)} of {len(choice.gains)} candidates; "
        f"{choice.rounds} trees of one split. The {len(rows[:_TOP])} that move the score most; "
        "worth is the loss on later days without the feature less that with it; a later origin "
        f"counts twice as much as the one before it.\n\n{table}{_dropped(choice)}{refused}"
    )


def _dropped(choice: Choice) -> str:
    """Features that were left out, by the reason."""
    reasons = dict.fromkeys(gain.dropped for gain in choice.gains if gain.dropped)
    if not reasons:
        return ""
    return "\n\nLeft out:\n\n" + "\n".join(
        f"* {reason}: "
        + ", ".join(f"`{gain.feature}`" for gain in choice.gains if gain.dropped == reason)
        for reason in reasons
    )


def _said(bins: FeatureBins, code: int, points: float) -> str:
    label = next(one.label_en for one in bins.bins if one.code == code)
    return f"{points:+.3f} ({label})"


def _test(verdict: Verdict) -> str:
    rows = [
        [name, _estimate(mine), _estimate(before) if before else _NONE]
        for name, (mine, before) in verdict.measures.items()
    ]
    text = "## Test\n\nIntervals of 95 %, people drawn with all their rows. The card before it is "
    text += "calibrated on the same rows as this one.\n\n"
    text += _table(["measure", "this card", "the card before it"], rows)
    if verdict.difference:
        text += (
            f"\n\nLoss less that of the card before it: {_estimate(verdict.difference, 5)}; below "
            "0 is better."
        )
    text += "\n\n### Calibration\n\n" + _table(
        ["tenth", "rows", "expected", "observed", "observed / expected"],
        [
            [
                *(str(one.place), f"{one.rows:,}", f"{one.expected:.4g}", f"{one.observed:.4g}"),
                f"{one.observed / one.expected:.2f}" if one.expected else _NONE,
            ]
            for one in verdict.deciles
        ],
    )
    return text


def _groups(verdict: Verdict, outcome: Outcome) -> str:
    shown = [group for group in verdict.groups if group[2] >= _SMALLEST_GROUP]
    if not shown:
        return "## Groups\n\nAge and sex are not known."
    rows = [
        [column.replace("_", " "), name, f"{count:,}", f"{fitted:.4g}", f"{came:.4g}"]
        for column, name, count, fitted, came in shown
    ]
    used = [key[1] for key in outcome.card.keys if key[1] in {"age_band", "age_years", "sex"}]
    note = f" The card uses {', '.join(used)}." if used else " The card uses neither."
    return (
        f"## Groups\n\nAge and sex as known today, groups of {_SMALLEST_GROUP} rows or more."
        f"{note}\n\n" + _table(["", "group", "rows", "expected", "observed"], rows)
    )


def _limits(outcome: Outcome, data: Dataset) -> str:
    absent = ", ".join(f"`{name}`" for name in sorted(data.absent))
    lines = [
        f"{outcome.at_limits:.1%} of {_usual(outcome)} stand at 0 or 10.",
        "It knows one business and one period; a change of prices, range or season may move it.",
        "What it says of people is a chance, not a cause: more campaigns need not raise it.",
    ]
    if absent:
        lines.append(f"Never delivered, so not learned from: {absent}.")
    return "## Limits\n\n" + "\n".join(f"* {line}" for line in lines)


def _usual(outcome: Outcome) -> str:
    is_pair = outcome.learned.plan.target.is_pair
    return "the pairs" if is_pair else "the people of the reference population"


def _estimate(one: Estimate, digits: int = 4) -> str:
    return f"{one.value:.{digits}f} ({one.lower:.{digits}f} to {one.upper:.{digits}f})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
