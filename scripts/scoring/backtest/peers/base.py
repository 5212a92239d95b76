"""What a peer is, and how its settings are chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np

from scoring.backtest import metrics
from scoring.backtest.metrics import Numbers
from scoring.backtest.rows import Rows, Shape

# Settings that a peer may try. The same for all, so that none wins by looking longer.
BUDGET = 12

Setting: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Predicted:
    """What a peer says of rows.

    Attributes:
        ranking: higher means more.
        expected: probability, amount or count; None where the peer only ranks.
    """

    ranking: Numbers
    expected: Numbers | None


Fitted: TypeAlias = Callable[[Rows], Predicted]


class Peer(Protocol):
    """A way to predict."""

    @property
    def name(self) -> str:
        """How tables call it."""

    @property
    def settings(self) -> Sequence[Setting]:
        """What it may try: `BUDGET` settings."""

    def suits(self, rows: Rows) -> bool:
        """Whether it can say anything of such rows."""

    def fit(self, rows: Rows, setting: Setting) -> Fitted:
        """Learn from rows."""


@dataclass(frozen=True)
class Tuned:
    """A peer fitted with the setting that did best.

    Attributes:
        predict: of rows.
        setting: the setting.
        merit: what it reached on the earlier origins, by the measure of the shape.
    """

    predict: Fitted
    setting: Setting
    merit: float


def merit(rows: Rows, predicted: Predicted) -> float:
    """What settings are chosen by: AUC for events, Spearman for amounts, minus MAE for counts."""
    if rows.shape is Shape.EVENT:
        return metrics.auc(rows.outcome, predicted.ranking)
    if rows.shape is Shape.COUNT and predicted.expected is not None:
        return -metrics.mean_absolute_error(rows.outcome, predicted.expected)
    return metrics.spearman(rows.outcome, predicted.ranking)


def tune(peer: Peer, learned: Rows, origins: Sequence[tuple[Rows, Rows]]) -> Tuned:
    """Choose among a peer's settings on origins, then fit the best one on all rows to learn from.

    Of settings that do equally well the first is taken. A setting without any merit, since it says
    the same of all rows, comes last.
    """
    merits = [
        float(np.mean([_judged(peer, setting, *origin) for origin in origins]))
        for setting in peer.settings
    ]
    best = int(np.nanargmax(merits)) if not np.isnan(merits).all() else 0
    setting = peer.settings[best]
    return Tuned(peer.fit(learned, setting), setting, merits[best])


def _judged(peer: Peer, setting: Setting, earlier: Rows, judged: Rows) -> float:
    return merit(judged, peer.fit(earlier, setting)(judged))


def grid(**choices: Sequence[object]) -> tuple[Setting, ...]:
    """All combinations of choices, the last one varying fastest."""
    settings: list[dict[str, object]] = [{}]
    for name, values in choices.items():
        settings = [{**setting, name: value} for setting in settings for value in values]
    return tuple(settings)
