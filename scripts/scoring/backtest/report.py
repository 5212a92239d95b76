"""What a replay found, as a table for the terminal and a page of Markdown with a chart."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scoring.backtest.charts import write_chart
from scoring.backtest.peers.base import BUDGET
from scoring.backtest.results import CARD
from scoring.backtest.rows import Shape

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from scoring.backtest.results import Line, Result
    from scoring.backtest.tasks import Task

_DIGITS = {
    "AUC": 3,
    "Gini": 3,
    "Brier": 4,
    "log loss": 4,
    "Spearman": 3,
    "MAE": 3,
    "total": 3,
    "MAP@10": 4,
    "AUC, never bought": 3,
}
_OTHERS = 2
_MEANINGS = {
    "MAP@10": "mean average precision of the ten first offers of whoever took any",
    "AUC, never bought": "of pairs in which nothing of it was bought in 364 days",
    "top lift": "outcomes in the first tenth over those in a tenth of all",
    "total": "expected in all over what came",
    "profit per 1,000": "best profit per 1,000 rows, in costs of a contact",
    "at depth": "share of the rows contacted for it",
}
_AGAINST = (
    "Measure of the competitor minus that of the card, with an interval of 95 %: paired, people "
    "drawn whole."
)
_CALIBRATED = (
    "A tenth fails where 99 % of observed / expected, for all tenths together, lie wholly outside "
    "0.8 to 1.25."
)


def terminal_table(result: Result) -> Table:
    """The table that a person sees."""
    from rich.table import Table

    measures = _measures(result)
    table = Table("", *measures, title=result.task.title, caption=_counted(result))
    for column in table.columns[1:]:
        column.justify = "right"
    for line in result.lines:
        style = "bold" if line.name == CARD else None
        table.add_row(line.name, *(_number(line, name) for name in measures), style=style)
    return table


def write_page(result: Result, folder: Path) -> Path:
    """Write the page of a result and its chart; what was there is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    write_chart(result, folder / f"{result.task.name}.svg")
    path = folder / f"{result.task.name}.md"
    path.write_text(page(result), encoding="utf-8")
    return path


def page(result: Result) -> str:
    """A page: what was asked, what was found, by how much, how well calibrated."""
    task, measures = result.task, _measures(result)
    leading = sorted({name for line in result.lines for name in line.differences})
    parts = [
        f"# {task.title}",
        f"Made by `scoring backtest {task.name}`. {_sentence(task.split)} {_opened(task)}",
        _counted(result) + ".",
        _markdown_table(
            ("", *measures, "tuned to"),
            [
                (line.name, *(_number(line, name) for name in measures), line.setting)
                for line in result.lines
            ],
        ),
        _legend(measures),
    ]
    if leading:
        parts += [
            "## Against the trained card",
            _AGAINST,
            _markdown_table(
                ("", *leading),
                [
                    (
                        line.name,
                        *(str(line.differences.get(name, "")) for name in leading),
                    )
                    for line in result.lines
                    if line.name != CARD
                ],
            ),
        ]
    parts += [
        "## Calibration",
        _CALIBRATED,
        _markdown_table(
            ("", "verdict"),
            [(name, str(calibration)) for name, calibration in result.calibration.items()],
        ),
        _tenths(result),
        f"![Lift by tenth, and calibration of the card]({task.name}.svg)",
    ]
    if result.notes:
        parts += ["## Notes", "\n".join(f"* {note}" for note in result.notes)]
    if task.without:
        reasons = dict.fromkeys(task.without.values())
        parts.append(
            "\n".join(
                f"* Left out, {reason}: "
                + ", ".join(
                    name.removeprefix("attribute_")
                    for name, why in task.without.items()
                    if why == reason
                )
                + "."
                for reason in reasons
            )
        )
    if task.tried:
        parts += ["## What was tried", "\n".join(f"* {one}" for one in task.tried)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _opened(task: Task) -> str:
    again = f", {task.again}" if task.again else ""
    return (
        f"The test was opened on {task.opened:%Y-%m-%d}{again}; settings are chosen without it, "
        "and what was found stays here, losses included."
    )


def _measures(result: Result) -> list[str]:
    return [
        name
        for name in result.lines[0].values
        if any(not math.isnan(line.values[name]) for line in result.lines)
    ]


def _number(line: Line, name: str) -> str:
    value = line.values[name]
    if math.isnan(value):
        return "-"
    return f"{value:.{_DIGITS.get(name, _OTHERS)}f}"


def _counted(result: Result) -> str:
    what = "with the event" if result.shape is Shape.EVENT else "in all"
    return (
        f"{result.learned_rows:,} rows to learn from; test of {result.tested_rows:,} rows of "
        f"{result.people:,} people, {result.events:,.0f} {what}"
    )


def _legend(measures: list[str]) -> str:
    said = [f"*{name}*: {_MEANINGS[name]}" for name in measures if name in _MEANINGS]
    budget = f"Every peer chose among {BUDGET} settings."
    return " ".join([*(f"{one}." for one in said), budget])


def _tenths(result: Result) -> str:
    return _markdown_table(
        ("card, tenth", "rows", "expected", "observed", "ratio", "99 %"),
        [
            (
                str(place),
                f"{tenth.rows:,}",
                f"{tenth.expected:.4g}",
                f"{tenth.observed:.4g}",
                f"{tenth.ratio:.2f}",
                f"{tenth.low:.2f} … {tenth.high:.2f}" + (" outside" if tenth.is_outside else ""),
            )
            for place, tenth in enumerate(result.calibration[CARD].tenths, 1)
        ],
    )


def _markdown_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
