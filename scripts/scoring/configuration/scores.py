"""The catalogue of scores: what is on, how far it looks ahead, what it weighs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.configuration.bins import ATTRIBUTE, BASE
from scoring.configuration.cells import nearest
from scoring.configuration.intervals import check_intervals
from scoring.configuration.seeds import Problem
from scoring.training.targets import AMOUNT_KINDS, BINARY_KINDS, EVENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scoring.configuration.seeds import Row, Seeds

OVERALL = "overall"
LOG_SCALES = {"log_odds", "log_amount"}
SCALES = LOG_SCALES | {"index"}
POPULATIONS = {
    "everyone",
    "buyers",
    "repeaters",
    "prospects",
    "active",
    "heard",
    "billed",
    "described",
}
CAMPAIGN = "campaign"
GRAINS = {"person", "offer", CAMPAIGN}
EVIDENCE = {"expert", "shrunk", "trained", "declared"}


def check_scores(seeds: Seeds) -> Iterator[Problem]:
    """Problems of the catalogue and of what refers to it.

    Args:
        seeds: the seeds of a sector.

    Yields:
        Every problem.
    """
    catalogue = seeds.rows("score_catalogue")
    for row in catalogue:
        yield from _words(row)
        yield from _horizon(row)
    live = [row for row in catalogue if row.is_true("is_on")]
    for row in live:
        yield from _live(row, seeds)
    for second in [row for row in live if row["grain"] == CAMPAIGN][1:]:
        yield second.problem(
            f"{second['score_name']}: a second score of campaigns is on",
            "Switch one off: campaign_targets has one row per person and campaign",
        )
    yield from _weights(seeds, catalogue)
    yield from _names(seeds)
    yield from _features(seeds)
    yield from _references(seeds)
    yield from _targets(seeds)
    bands = seeds.rows("score_bands")
    if bands:
        yield from check_intervals(bands, "grades")


def _words(row: Row) -> Iterator[Problem]:
    for column, known in (
        ("scale_kind", SCALES),
        ("population", POPULATIONS),
        ("grain", GRAINS),
        ("evidence", EVIDENCE),
    ):
        text = row[column]
        if text not in known and not (column == "evidence" and not text):
            yield row.problem(
                f"{row['score_name']}: unknown {column} '{text}'", nearest(text, known)
            )


def _horizon(row: Row) -> Iterator[Problem]:
    name = row["score_name"]
    for column in ("horizon_days", "active_days"):
        days = row.number(column)
        if days is not None and days < 1:
            yield row.problem(
                f"{name}: {column} is {days}, and nothing can happen in no days",
                "Write 1 or more, or leave it empty where the score looks at no period",
            )
    if row["population"] == "active" and not row["active_days"]:
        yield row.problem(f"{name} is for active people and has no active_days", "Write a number")


def _live(row: Row, seeds: Seeds) -> Iterator[Problem]:
    name, version = row["score_name"], row["score_version"]
    if not version:
        yield row.problem(f"{name} is on and has no score_version", "Name a card, or switch it off")
        return
    if not row["evidence"]:
        yield row.problem(f"{name} is on and has no evidence", "Say how its card got its points")
    if name == OVERALL:
        return
    if row["scale_kind"] in LOG_SCALES and not row["horizon_days"]:
        yield row.problem(
            f"{name}: a score of kind {row['scale_kind']} without horizon_days",
            "Say how many days the question looks ahead",
        )
    cards = {
        (points["score_name"], points["score_version"])
        for points in seeds.rows("score_points")
        if points["feature"] != BASE
    }
    if (name, version) not in cards:
        versions = sorted(found for score, found in cards if score == name)
        yield row.problem(
            f"{name}: score_points has no card of version {version}",
            f"Versions that exist: {', '.join(versions) or 'none'}",
        )
    references = [r for r in seeds.rows("score_references") if r["score_name"] == name]
    if row["scale_kind"] in LOG_SCALES and not references:
        yield row.problem(
            f"{name}: a score of kind {row['scale_kind']} without a reference",
            f"Say in {seeds.path('score_references')} what 5 means",
        )


def _weights(seeds: Seeds, catalogue: list[Row]) -> Iterator[Problem]:
    """Weights are shares of what is live: whole numbers from 0, and at least one of them counts."""
    total = 0
    for row in catalogue:
        name, weight = row["score_name"], row.number("overall_weight")
        is_on = row.is_true("is_on")
        if weight is not None and weight < 0:
            yield row.problem(
                f"{name}: overall_weight is {weight}",
                "Write 0 or more; is_high_good says which side is welcome",
            )
        if name == OVERALL:
            if weight:
                yield row.problem("the overall score weighs itself", "Leave its weight empty")
        elif is_on and weight is None:
            yield row.problem(f"{name} is on and has no overall_weight", "Write 0 or more")
        elif not is_on and weight:
            yield row.problem(
                f"{name} is off and weighs {weight}: the weights do not add up",
                "Write 0, or switch the score on",
            )
        elif is_on and weight is not None:
            total += max(int(weight), 0)
    overall = next((row for row in catalogue if row["score_name"] == OVERALL), None)
    if overall is None:
        yield Problem(
            seeds.path("score_catalogue"), 0, "there is no row for the score overall", "Add it"
        )
    elif overall.is_true("is_on") and total == 0:
        yield overall.problem(
            "no live score has a weight, so there is no overall score",
            "Give overall_weight above 0 to one score at least, or switch overall off",
        )


def _names(seeds: Seeds) -> Iterator[Problem]:
    """Scores that other seeds name."""
    scores = seeds.values("score_catalogue", "score_name")
    worded = seeds.values("score_texts", "score_name")
    for row in seeds.rows("score_catalogue"):
        if row["score_name"] not in worded:
            yield row.problem(
                f"unknown score {row['score_name']}: score_texts does not name it",
                nearest(row["score_name"], worded),
            )
    for name in ("score_references", "score_requirements", "score_targets", "score_features"):
        for row in seeds.rows(name):
            if row["score_name"] not in scores:
                yield row.problem(
                    f"unknown score {row['score_name']}", nearest(row["score_name"], scores)
                )


def _features(seeds: Seeds) -> Iterator[Problem]:
    features = seeds.values("feature_catalogue", "feature")
    for name in ("score_requirements", "reason_texts", "feature_limits"):
        for row in seeds.rows(name):
            feature = row["feature"]
            if feature not in features and not feature.startswith(ATTRIBUTE):
                yield row.problem(f"unknown feature {feature}", nearest(feature, features))


def _references(seeds: Seeds) -> Iterator[Problem]:
    for row in seeds.rows("score_references"):
        for column in ("reference_value", "points_per_doubling"):
            number = row.number(column)
            if number is None or number <= 0:
                yield row.problem(
                    f"{row['score_name']}: {column} is {row[column] or 'empty'}",
                    "Write a number above 0",
                )


def _targets(seeds: Seeds) -> Iterator[Problem]:
    kinds = set(BINARY_KINDS | AMOUNT_KINDS)
    for row in seeds.rows("score_targets"):
        name, kind, days = row["target_name"], row["target_kind"], row.number("horizon_days")
        if kind not in kinds and not kind.startswith(EVENT):
            yield row.problem(
                f"target {name}: unknown target_kind '{kind}'",
                f"{nearest(kind, kinds)}; {EVENT}<name> is an outcome of outcomes.events",
            )
        if days is None or days < 1:
            yield row.problem(
                f"target {name}: horizon_days is {row['horizon_days'] or 'empty'}, and nothing can "
                "happen in no days",
                "Write 1 or more",
            )
