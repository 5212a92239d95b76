"""What is worth saying of a replay besides its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scoring.backtest.tasks import Task
    from scoring.training.learning import Choice


def dropped(task: Task, choice: Choice) -> list[str]:
    """What became of macro-economic columns, where there are any."""
    macro = [gain for gain in choice.gains if plain(gain.feature) in _macro_names()]
    if task.data != "bank" or not macro:
        return []
    said = ", ".join(
        f"{plain(gain.feature)} {gain.mean:+.5f} ± {gain.error:.5f}"
        + (" (kept)" if gain.feature in choice.features else " (dropped)")
        for gain in macro
    )
    return [f"Worth of the macro-economic columns on rolling origins, in log loss: {said}."]


def _macro_names() -> frozenset[str]:
    from scoring.public_data.bank import MACRO_ECONOMIC

    return frozenset(MACRO_ECONOMIC)


def plain(name: str) -> str:
    """A field of the customer's own by its name."""
    return name.removeprefix("attribute_")


def in_words(setting: Mapping[str, object]) -> str:
    """A setting of a competitor."""
    return ", ".join(f"{name} {value}" for name, value in setting.items())
