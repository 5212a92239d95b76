"""What to learn for a target, from the seeds: scale, directions, features, the card of today."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scoring.configuration.bins import ATTRIBUTE
from scoring.errors import CannotRun
from scoring.training.bins import DEFAULT_BINS
from scoring.training.cards import read_card, read_scale
from scoring.training.dataset import MAX_ROWS
from scoring.training.learn import Plan
from scoring.training.seeds import cards_dir, read_rows, sector_dir
from scoring.training.targets import find_targets, refusals

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from scoring.settings import Settings
    from scoring.training.cards import Card
    from scoring.training.targets import Target

CAMPAIGN = "campaign"
_EVENTS = "events"
# What a person answers in general: it speaks of a campaign while no card of pairs does.
ANY_CAMPAIGN = "campaign_response"


@dataclass(frozen=True)
class Options:
    """What a person may choose.

    Attributes:
        dates: as-of dates to learn from; empty for the first day of every month.
        calibrate_from: first day of the calibration; None to choose it.
        test_from: first day of the test; None to choose it.
        bin_set: an existing bin set to use; empty to make a new one.
        max_bins: most bins of a feature in a new set.
        max_rows: rows above which people are drawn by a hash.
        by_hand: per score, the version of the card that a learned one climbs from; the live one
            where it is not named.
    """

    dates: tuple[date, ...] = ()
    calibrate_from: date | None = None
    test_from: date | None = None
    bin_set: str = ""
    max_bins: int = DEFAULT_BINS
    max_rows: int = MAX_ROWS
    by_hand: Mapping[str, int] = field(default_factory=dict)


def versions_of(texts: Iterable[str]) -> dict[str, int]:
    """Versions per score, written as score=version.

    Raises:
        CannotRun: one is written otherwise.
    """
    found = {}
    for text in texts:
        name, _, version = text.partition("=")
        if not name or not version.isdecimal():
            raise CannotRun(
                f"--by-hand {text}: write the score and the version of its card, for example "
                "lapse_risk=11"
            )
        found[name] = int(version)
    return found


def make_plan(
    settings: Settings,
    target_name: str,
    candidates: Sequence[str],
    options: Options,
    of_campaigns: Collection[str] = (),
) -> Plan:
    """What to learn for a target, from the seeds: scale, directions, the card that is there now.

    Args:
        settings: where the seeds are.
        target_name: the target.
        candidates: features that there are.
        options: what a person chose.
        of_campaigns: those of them that nobody has without a campaign.

    Raises:
        CannotRun: the score is an index, or lacks its reference.
    """
    target = find_targets(settings, [target_name])[0]
    refused = {one.feature for one in refusals(settings, target, candidates)}
    catalogue = {
        row["score_name"]: row for row in read_rows(sector_dir(settings) / "score_catalogue.csv")
    }
    grain = catalogue[target.score_name]["grain"]
    live = _live_card(settings, target, catalogue)
    by_hand = options.by_hand.get(target.score_name)
    directions = {
        row["feature"]: int(row["direction"])
        for row in read_rows(cards_dir(settings) / "feature_directions.csv")
        if row["score_name"] == target.score_name
    }
    return Plan(
        target=target,
        scale=read_scale(settings, target.score_name),
        candidates=tuple(sorted(_usable(settings, candidates, of_campaigns, grain) - refused)),
        directions=directions,
        expert=live if by_hand is None else read_card(settings, target.score_name, by_hand),
        live=live,
        calibrate_from=options.calibrate_from,
        test_from=options.test_from,
        habits=habits_of(settings),
    )


def habits_of(settings: Settings) -> frozenset[str]:
    """Features that the catalogue knows to be made from events."""
    rows = read_rows(cards_dir(settings) / "feature_catalogue.csv")
    return frozenset(row["feature"] for row in rows if row["past"] == _EVENTS)


def _live_card(
    settings: Settings, target: Target, catalogue: Mapping[str, Mapping[str, str]]
) -> Card | None:
    """The card that answers today; of a campaign it is the person's until there is another."""
    names = [target.score_name]
    if catalogue[target.score_name]["grain"] == CAMPAIGN:
        names.append(ANY_CAMPAIGN)
    for name in names:
        version = catalogue.get(name, {}).get("score_version")
        if version:
            return read_card(settings, name, int(version))
    return None


def _usable(
    settings: Settings, candidates: Sequence[str], of_campaigns: Collection[str], grain: str
) -> set[str]:
    """Features that a card may use: of people, with their own fields, or of people and campaigns.

    Nobody has those of a campaign by himself; own fields are binned for people alone.
    """
    known = {row["feature"] for row in read_rows(cards_dir(settings) / "feature_catalogue.csv")}
    listed = {name for name in candidates if name in known}
    if grain == CAMPAIGN:
        return listed
    own = {name for name in candidates if name.startswith(ATTRIBUTE)}
    return (listed - set(of_campaigns)) | own
