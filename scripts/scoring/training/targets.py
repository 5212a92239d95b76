"""What a card is asked to foresee, as the seeds declare it, and what it may not learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.training.seeds import cards_dir, read_rows, reference_dir, sector_dir

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scoring.settings import Settings

BINARY_KINDS = frozenset(
    {"order_in_horizon", "no_order_in_horizon", "response_to_touch", "lead_won", "late_or_default"}
)
AMOUNT_KINDS = frozenset({"net_revenue", "order_count"})
EVENT = "event:"
PAIR_KIND = "response_to_touch"
EVERY_TARGET = "*"


@dataclass(frozen=True)
class Target:
    """A row of the seed `score_targets` with what the catalogue says of its score.

    Attributes:
        name: the target; the one that a score is trained on has the score's name.
        score_name: the score whose population is asked.
        kind: what is asked, for example `order_in_horizon` or `event:subscribed`.
        horizon_days: days that it looks ahead.
        population: everyone, buyers, prospects or active.
        active_days: days since the last order within which a person is active.
    """

    name: str
    score_name: str
    kind: str
    horizon_days: int
    population: str
    active_days: int | None

    @property
    def is_binary(self) -> bool:
        """Whether the answer is yes or no, rather than a number or an amount."""
        return self.kind in BINARY_KINDS or self.kind.startswith(EVENT)

    @property
    def is_pair(self) -> bool:
        """Whether it is asked of a person and a campaign."""
        return self.kind == PAIR_KIND


@dataclass(frozen=True)
class Refusal:
    """A feature that a target may not learn from, the field behind it, and the reason."""

    feature: str
    field: str
    reason: str


def read_targets(settings: Settings) -> dict[str, Target]:
    """All targets of the sector by name.

    Raises:
        CannotRun: a row of `score_targets` says what nobody understands.
    """
    path = sector_dir(settings) / "score_targets.csv"
    catalogue = {row["score_name"]: row for row in read_rows(path.with_name("score_catalogue.csv"))}
    targets = {}
    for row in read_rows(path):
        name, kind, horizon = row["target_name"], row["target_kind"], row["horizon_days"]
        if row["score_name"] not in catalogue:
            raise CannotRun(
                f"{path}: the target {name} is of the score {row['score_name']}, which is not in "
                "score_catalogue.csv"
            )
        if kind not in BINARY_KINDS | AMOUNT_KINDS and not kind.startswith(EVENT):
            known = ", ".join(sorted(BINARY_KINDS | AMOUNT_KINDS))
            raise CannotRun(
                f"{path}: the target {name} is of the kind '{kind}'; kinds are {known} and "
                "event:<name of an outcome in outcomes.events>"
            )
        if not horizon.isdecimal() or int(horizon) < 1:
            raise CannotRun(
                f"{path}: the target {name} has horizon_days '{horizon}'; write whole days, 1 or "
                "more"
            )
        of_score = catalogue[row["score_name"]]
        targets[name] = Target(
            name=name,
            score_name=row["score_name"],
            kind=kind,
            horizon_days=int(horizon),
            population=of_score["population"],
            active_days=int(of_score["active_days"]) if of_score["active_days"] else None,
        )
    return targets


def find_targets(settings: Settings, names: Iterable[str]) -> tuple[Target, ...]:
    """Targets by name.

    Raises:
        CannotRun: one of them is not declared.
    """
    known = read_targets(settings)
    missing = [name for name in names if name not in known]
    if missing:
        raise CannotRun(
            f"no target named {', '.join(missing)} in "
            f"{sector_dir(settings) / 'score_targets.csv'}; it has {', '.join(sorted(known))}. "
            "Add a row: a new target needs no SQL"
        )
    return tuple(known[name] for name in names)


def refusals(settings: Settings, target: Target, features: Iterable[str]) -> tuple[Refusal, ...]:
    """Features among those given that are written after the outcome of a target."""
    needs = {
        row["feature"]: frozenset(row["needs"].split("|"))
        for row in read_rows(cards_dir(settings) / "feature_catalogue.csv")
    }
    kind = "event" if target.kind.startswith(EVENT) else target.kind
    rules = [
        row
        for row in read_rows(reference_dir(settings) / "refused_fields.csv")
        if row["target"] in {EVERY_TARGET, target.name, target.kind, kind}
    ]
    return tuple(
        Refusal(feature, rule["field"], rule["reason"])
        for feature in features
        for rule in rules
        if rule["field"] == feature or rule["field"] in needs.get(feature, frozenset())
    )
