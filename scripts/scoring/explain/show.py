"""An explanation on a screen, or as JSON for other programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from scoring.explain.words import FRAME, LANGUAGES

if TYPE_CHECKING:
    from rich.console import Console

    from scoring.explain.changes import Change
    from scoring.explain.explanation import Explanation, ScoreExplanation

_SMALL = Decimal("0.0005")


def as_json(explanation: Explanation) -> str:
    """The explanation as JSON: points are numbers with three digits, dates are ISO texts."""
    return json.dumps(asdict(explanation), default=_plain, ensure_ascii=False, indent=2)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not written as JSON")


def print_explanation(explanation: Explanation, console: Console) -> None:
    """Show every score with its points, its levers and its change."""
    texts = _Frame(explanation.language)
    head = texts.say("person", customer=explanation.customer, date=explanation.as_of)
    console.print(f"[bold]{escape(head)}[/bold]  [dim]{escape(explanation.run_id)}[/dim]")
    for note in explanation.notes:
        console.print(note, style="yellow", markup=False, highlight=False)
    for score in explanation.scores:
        _print_score(score, texts, console)


def _print_score(score: ScoreExplanation, texts: _Frame, console: Console) -> None:
    shown = "-" if score.score is None else f"{score.score:.3f}"
    console.print(f"\n[bold]{escape(score.label)} {shown}[/bold]  [dim]{escape(score.scale)}[/dim]")
    console.print(f"[dim]{score.name} {score.version}, {score.evidence}[/dim]", highlight=False)
    if score.score is None:
        console.print("  " + texts.say("no_score", reason=score.null_reason), markup=False)
    else:
        table = Table(show_header=False, box=None, padding=(0, 1), show_edge=False)
        table.add_column(justify="right")
        table.add_column()
        for entry in score.ledger:
            is_small = abs(entry.points) < _SMALL
            style = "dim" if is_small else ("green" if entry.points > 0 else "red")
            table.add_row(signed(entry.points), escape(entry.text), style=style)
        table.add_row(f"= {shown}", "", style="bold")
        console.print(table)
        name = "levers_up" if score.is_high_good else "levers_down"
        console.print(f"  [italic]{texts.say(name)}[/italic]")
        for lever in score.levers:
            was = texts.say("instead", label=lever.instead_of)
            console.print(f"    {signed(lever.points)}  {escape(lever.text)}, {escape(was)}",
                          highlight=False)  # fmt: skip
        if not score.levers:
            console.print(f"    {texts.say('nothing')}")
    if score.change is not None:
        _print_change(score.change, texts, console)


def _print_change(change: Change, texts: _Frame, console: Console) -> None:
    if change.difference is None:
        said = texts.say("not_before", date=change.since, reason=change.null_reason)
        if change.before is not None:
            said = texts.say("change", date=change.since, before=f"{change.before:.3f}")
        console.print(f"  [italic]{escape(said)}[/italic]", highlight=False)
        return
    said = texts.say("change", date=change.since, before=f"{change.before:.3f}")
    total = signed(change.difference) if change.parts else texts.say("unchanged")
    console.print(f"  [italic]{escape(said)}[/italic]: {total}", highlight=False)
    for part in change.parts:
        console.print(f"    {signed(part.points)}  {escape(part.text)}", highlight=False)
        for move in part.moves:
            was = texts.say("instead", label=move.instead_of)
            console.print(
                f"      [dim]{signed(move.points)}  {escape(move.text)}, {escape(was)}[/dim]",
                highlight=False,
            )


def signed(points: Decimal) -> str:
    """Points with their sign and three digits."""
    return f"{points:+.3f}"


class _Frame:
    """The texts of the frame in one language."""

    def __init__(self, language: str) -> None:
        self._place = LANGUAGES.index(language)

    def say(self, name: str, **values: object) -> str:
        return FRAME[name][self._place].format(**values)
