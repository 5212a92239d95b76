"""`scoring train`: cards from outcomes, written as rows of the seeds and a page for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from scoring.errors import CannotRun
from scoring.training.bins import merge, read_bins, shares
from scoring.training.dataset import build_dataset
from scoring.training.dates import monthly_dates
from scoring.training.judge import Verdict, judge
from scoring.training.learn import Learned, bins_of, is_worth_writing, learn
from scoring.training.model_card import model_card
from scoring.training.outputs import (
    check_words,
    draft_version,
    free_bin_set,
    write_cards,
    write_own_words,
    write_page,
)
from scoring.training.plans import make_plan
from scoring.training.seeds import cards_dir, read_rows, sector_dir
from scoring.training.targets import find_targets, refusals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scoring.progress import Steps
    from scoring.settings import Settings
    from scoring.training.bins import FeatureBins
    from scoring.training.cards import Card
    from scoring.training.dataset import Dataset
    from scoring.training.plans import Options
    from scoring.training.targets import Refusal

_SAME = 1e-9


@dataclass(frozen=True)
class Outcome:
    """What became of a score: the card that was written, or why none was.

    Attributes:
        score_name: the score.
        version: version of the card.
        learned: how it came about.
        card: the card, its points rounded.
        verdict: what the test said; None where it was not opened.
        refused: features that the target may not learn from.
        at_limits: share of the reference population, or of the pairs, at 0 or 10.
        reason: why nothing was written; empty where it was.
    """

    score_name: str
    version: int
    learned: Learned
    card: Card
    verdict: Verdict | None
    refused: tuple[Refusal, ...]
    at_limits: float
    reason: str = ""


def default_workspace(settings: Settings) -> Path:
    """Where training warehouses lie."""
    return settings.project_dir / "build" / "training"


def train(
    settings: Settings, score_names: Sequence[str], options: Options, steps: Steps
) -> list[Outcome]:
    """Train cards and write those that outcomes carry.

    Args:
        settings: where the project and the raw data are.
        score_names: scores; empty for those of the sector that are on and have a target.
        options: what a person may choose.
        steps: told of every step.

    Raises:
        CannotRun: there is nothing to learn, or a feature has no words.
    """
    names = tuple(score_names) or trainable_scores(settings)
    targets = find_targets(settings, names)
    workspace = default_workspace(settings)
    dates = options.dates or monthly_dates(settings, workspace, steps=steps)
    data = build_dataset(
        names, dates, settings=settings, workspace=workspace, max_rows=options.max_rows, steps=steps
    )
    candidates = list(data.kinds)
    plans, refused = [], {}
    for target in targets:
        refused[target.name] = refusals(settings, target, candidates)
        plans.append(make_plan(settings, target.name, candidates, options, data.of_campaigns))
    given = _given_bins(settings, options.bin_set)
    bin_set = options.bin_set or free_bin_set(settings, names)
    bins = bins_of(data, plans, given, options.max_bins)
    learned = []
    for plan in plans:
        with steps.step(f"learn {plan.target.name}"):
            learned.append(learn(data, plan, bins, bin_set, steps.note))
    if not given:
        bins, learned = merged(bins, learned, bin_set)
    outcomes = []
    for one in learned:
        with steps.step(f"test {one.plan.target.name}"):
            outcomes.append(_judged(settings, one, data, refused[one.plan.target.name]))
    _write(settings, outcomes, data, bins, "" if given else bin_set)
    return outcomes


def trainable_scores(settings: Settings) -> tuple[str, ...]:
    """Scores of the sector that are on and have a target of their name."""
    folder = sector_dir(settings)
    targets = {row["target_name"] for row in read_rows(folder / "score_targets.csv")}
    return tuple(
        row["score_name"]
        for row in read_rows(folder / "score_catalogue.csv")
        if row["is_on"] == "true" and row["score_name"] in targets
    )


def merged(
    bins: Mapping[str, FeatureBins], learned: Sequence[Learned], bin_set: str
) -> tuple[dict[str, FeatureBins], list[Learned]]:
    """Join neighbouring ranges between which no card makes a difference."""
    found = dict(bins)
    cards = [one.card for one in learned]
    for feature, of_feature in bins.items():
        key = (bin_set, feature)
        tables = [card.points[key] for card in cards if key in card.points]
        if of_feature.is_category or not tables:
            continue
        codes = of_feature.value_codes
        kept = [
            code
            for before, code in pairwise(codes)
            if any(abs(table[code] - table[before]) > _SAME for table in tables)
        ]
        found[feature], new_codes = merge(of_feature, kept)
        cards = [
            card
            if key not in card.points
            else replace(
                card,
                points={
                    **card.points,
                    key: {new_codes[code]: number for code, number in card.points[key].items()},
                },
                bins={**card.bins, key: found[feature]},
            )
            for card in cards
        ]
    return found, [replace(one, card=card) for one, card in zip(learned, cards, strict=True)]


def centred(learned: Learned, data: Dataset) -> Card:
    """The card as the seeds keep it: centred on what is usual, in thousandths."""
    found = {
        key: shares(of_feature.codes(data.reference_of(key[1])), of_feature)
        for key, of_feature in learned.card.bins.items()
    }
    return learned.card.centred(found).rounded()


def _judged(
    settings: Settings, learned: Learned, data: Dataset, refused: tuple[Refusal, ...]
) -> Outcome:
    card = centred(learned, data)
    name = learned.plan.target.score_name
    check_words(settings, card)
    usual = learned.rows if learned.plan.target.is_pair else data.reference
    raw = card.raw(usual, data.absent)
    outcome = Outcome(
        score_name=name,
        version=draft_version(settings, name),
        learned=learned,
        card=card,
        verdict=None,
        refused=refused,
        at_limits=float(np.mean((raw < 0) | (raw > 10))),  # noqa: PLR2004 - ends of the scale
    )
    if not is_worth_writing(learned):
        return replace(
            outcome,
            reason=f"{learned.rung.rarer} outcomes of the rarer kind: the expert card stays",
        )
    verdict = judge(learned, card, data)
    reason = "it loses to the present card on the test period" if verdict.loses else ""
    return replace(outcome, verdict=verdict, reason=reason)


def _write(
    settings: Settings,
    outcomes: Sequence[Outcome],
    data: Dataset,
    bins: Mapping[str, FeatureBins],
    new_set: str,
) -> None:
    written = [one for one in outcomes if not one.reason]
    if not written:
        return
    replaced = {(one.score_name, str(one.version)) for one in written}
    used = {key[1] for one in written for key in one.card.points if key[0] == new_set}
    rows = []
    for feature in sorted(used):
        codes = bins[feature].codes(data.reference_of(feature))
        rows += bins[feature].rows(new_set, shares(codes, bins[feature]))
    points = [
        row
        for one in written
        for row in one.card.rows(one.score_name, one.version, one.card.keys[0][0])
    ]
    write_own_words(settings, [one.card for one in written])
    write_cards(settings, replaced, points, rows)
    for one in written:
        write_page(settings, one.score_name, one.version, model_card(one, data))


def _given_bins(settings: Settings, bin_set: str) -> dict[str, FeatureBins]:
    if not bin_set:
        return {}
    path = cards_dir(settings) / "feature_bins.csv"
    found = read_bins(read_rows(path), bin_set)
    if not found:
        raise CannotRun(f"{path} has no bin set {bin_set}: leave --bin-set out to make a new one")
    return found
