"""How long it takes to learn a card from many rows, apart from building their features.

`python -m scoring.benchmark.learning ROWS FEATURES` makes rows up, learns a card and opens its
test; `measure_learning` runs it in a process of its own and looks at its time and memory.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scoring.benchmark.processes import Usage, machine, measure
from scoring.training.bins import DEFAULT_BINS
from scoring.training.cards import LOG_ODDS, Scale
from scoring.training.dataset import CATEGORY, NUMBER, OUTCOME, Dataset
from scoring.training.judge import judge
from scoring.training.learn import Plan, bins_of, learn
from scoring.training.targets import Target
from scoring.training.train import centred, merged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.settings import Settings

ROWS, FEATURES = 200_000, 60
_BUDGET_SECONDS, _BUDGET_MEGABYTES = 180, 4096
_TARGET = Target("lapse_risk", "lapse_risk", "no_order_in_horizon", 28, "active", 91)
_SCALE = Scale(LOG_ODDS, 0.25, 0.7)
_MONTHS = 24
_CATEGORIES = 5
_OF_CATEGORIES = 10
_SEED = 7


def made_up(rows: int, features: int) -> Dataset:
    """Rows of two years: a third of the features has an effect, a tenth of the cells is missing.

    One feature in ten is a category that never changes of a person, the others are as skewed as
    amounts and counts are.
    """
    import pandas as pd

    random = np.random.default_rng(_SEED)
    people = rows // _MONTHS
    count = people * _MONTHS
    odds = np.full(count, -2.0)
    columns: dict[str, object] = {}
    kinds = {}
    for place in range(features):
        name = f"feature_{place:02}"
        if place % _OF_CATEGORIES == 0:
            code = np.tile(random.integers(0, _CATEGORIES, people), _MONTHS)
            columns[name] = np.array([f"kind {one}" for one in range(_CATEGORIES)])[code]
            kinds[name] = CATEGORY
            effect = code / _CATEGORIES
        else:
            value = np.round(random.lognormal(2.0, 1.0, count), 2)
            missing = random.uniform(size=count) < 1 / _OF_CATEGORIES
            columns[name] = np.where(missing, np.nan, value)
            kinds[name] = NUMBER
            effect = np.where(missing, 0.5, np.log1p(value) / 4)
        if place % 3 == 0:
            odds += random.normal(0, 2) * (effect - effect.mean())
    frame = pd.DataFrame(
        {
            "customer_id": np.tile([f"c{one:07}" for one in range(people)], _MONTHS),
            "as_of_date": np.repeat(
                pd.date_range("2023-01-01", periods=_MONTHS, freq="MS"), people
            ),
            "pair_id": "",
            **columns,
        }
    )
    frame["person"] = frame["customer_id"]
    frame[OUTCOME + _TARGET.name] = (random.uniform(size=count) < 1 / (1 + np.exp(-odds))).astype(
        float
    )
    return Dataset(
        frame=frame,
        kinds=kinds,
        of_campaigns=frozenset(),
        absent=frozenset(),
        reference=frame[frame["as_of_date"] == frame["as_of_date"].max()],
        groups=pd.DataFrame(index=pd.Index([], name="customer_id")),
        targets={_TARGET.name: _TARGET},
        as_of_date=date(2025, 2, 1),
        share=1.0,
    )


def learn_made_up(rows: int, features: int) -> str:
    """Learn a card of made-up rows as `scoring train` does, and say what came out."""
    data = made_up(rows, features)
    plan = Plan(_TARGET, _SCALE, tuple(sorted(data.kinds)), {})
    bins = bins_of(data, [plan], {}, DEFAULT_BINS)
    learned = learn(data, plan, bins, "made_1")
    _, (learned,) = merged(bins, [learned], "made_1")
    card = centred(learned, data)
    verdict = judge(learned, card, data)
    auc, _ = verdict.measures["AUC"]
    return (
        f"{len(data.frame):,} rows, {features} features: {len(card.points)} kept, "
        f"{learned.choice.rounds} trees, AUC {auc.value:.3f}"
    )


def measure_learning(settings: Settings, rows: int, features: int) -> tuple[Usage, str]:
    """What it takes in a process of its own, and what it said.

    Raises:
        CannotRun: it failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "output.log"
        command = (sys.executable, "-m", "scoring.benchmark.learning", str(rows), str(features))
        usage = measure("learning", command, {}, folder=settings.project_dir, log=log)
        return usage, log.read_text(encoding="utf-8").strip()


def write_page(settings: Settings, usage: Usage, said: str) -> Path:
    """Write what was measured beside the budget."""
    path = settings.project_dir / "docs" / "benchmarks" / "learning.md"
    rows = (
        ("", "measured", "budget"),
        ("---", "---", "---"),
        ("seconds on the wall", f"{usage.wall_seconds:.0f}", f"{_BUDGET_SECONDS}"),
        ("seconds of processors", f"{usage.processor_seconds:.0f}", ""),
        ("peak memory, MB", f"{usage.peak_megabytes:,.0f}", f"{_BUDGET_MEGABYTES:,}"),
    )
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in rows)
    path.write_text(
        "# How long learning takes\n\nMade by `scoring benchmark --learning`: a card of made-up "
        "rows of 24 months, from bins to the opened test, without building the features. "
        f"{machine()}.\n\n{said}.\n\n{table}\n",
        encoding="utf-8",
    )
    return path


def main(arguments: Sequence[str]) -> None:
    """Learn from as many made-up rows and features as are asked for."""
    rows, features = (int(one) for one in arguments)
    sys.stdout.write(learn_made_up(rows, features) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
