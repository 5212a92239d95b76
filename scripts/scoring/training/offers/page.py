"""The page of a card of offers: data, dates, figures beside its peers, calibration, points."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.training.measures import Decile
    from scoring.training.offers.judge import Peer
    from scoring.training.offers.train import Trained

MEASURES = ("MAP@10", "AUC", "AUC, never bought")


_INTRODUCTION = (
    "Outcome: something of the offer is bought within 28 days of the date. A row is a person and a"
    " measured offer. Points say how far the pair is from what is usual for the offer."
)
_PEERS = (
    "Same pairs of the test. MAP@10: mean average precision of the ten first offers of those who"
    " took any. Gains are the card's over the peer's, with 95 % intervals, people drawn anew."
)


def page_text(trained: Trained) -> str:
    """The page as Markdown."""
    plan, counts = trained.plan, trained.row_counts
    return "\n".join(
        [
            f"# offer_affinity {trained.version}",
            "",
            _INTRODUCTION,
            "",
            "| period | dates | pairs |",
            "|---|---|---|",
            f"| learned on | {_days(plan.early)} | {counts['early']:,} |",
            f"| trees counted on, then learned on too | {plan.later} | {counts['later']:,} |",
            f"| test | {_days(plan.test)} | {counts['test']:,} |",
            "",
            f"Trees: {trained.learned.rounds}; log odds moved by {trained.learned.shift:+.3f}.",
            "",
            "## Beside its peers",
            "",
            _PEERS,
            "",
            "| | " + " | ".join(MEASURES) + " | gain in MAP@10 | gain in AUC, never bought |",
            "|---|" + "---|" * (len(MEASURES) + 2),
            *(_peer_line(peer) for peer in trained.peers),
            "",
            "## Calibration on the test",
            "",
            "| tenth of the pairs | expected | observed | observed / expected |",
            "|---|---|---|---|",
            *(_decile_line(one) for one in trained.deciles),
            "",
            "## Features by the range of their points",
            "",
            "| feature | lowest | highest |",
            "|---|---|---|",
            *_feature_lines(trained),
            "",
        ]
    )


def _days(dates: tuple[object, ...]) -> str:
    return ", ".join(str(day) for day in dates)


def _peer_line(peer: Peer) -> str:
    cells = [f"{peer.figures[name]:.4f}" for name in MEASURES]
    cells += [_gain(peer.gain), _gain(peer.new_gain)]
    return f"| {peer.name} | " + " | ".join(cells) + " |"


def _gain(gain: tuple[float, float, float] | None) -> str:
    return "" if gain is None else f"{gain[0]:+.4f} ({gain[1]:+.4f} to {gain[2]:+.4f})"


def _decile_line(one: Decile) -> str:
    ratio = one.observed / one.expected if one.expected else float("nan")
    return f"| {one.place} | {one.expected:.4f} | {one.observed:.4f} | {ratio:.2f} |"


def _feature_lines(trained: Trained) -> list[str]:
    ranges = {
        feature: (min(table.values()), max(table.values()))
        for (_, feature), table in trained.learned.card.points.items()
    }
    order = sorted(ranges, key=lambda name: (ranges[name][0] - ranges[name][1], name))
    return [f"| {name} | {ranges[name][0]:+.3f} | {ranges[name][1]:+.3f} |" for name in order]
