"""A difference on a screen, or in Markdown for a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

    from scoring.diff.compare import Difference

Cells = tuple[str, ...]
Section = tuple[str, Cells, list[Cells]]


def print_difference(difference: Difference, console: Console) -> None:
    """Show a difference as tables."""
    console.print(_head(difference), markup=False, highlight=False)
    for title, columns, rows in _sections(difference):
        table = Table(
            title=title, title_justify="left", box=None, padding=(0, 1), title_style="bold"
        )
        for place, column in enumerate(columns):
            table.add_column(column, justify="left" if place == 0 else "right", header_style="dim")
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        console.print()
        console.print(table)


def as_markdown(difference: Difference) -> str:
    """A difference as Markdown."""
    lines = [_head(difference)]
    for title, columns, rows in _sections(difference):
        lines += ["", f"**{title}**", "", "| " + " | ".join(columns) + " |"]
        lines.append("|" + "|".join([" --- "] + [" ---: "] * (len(columns) - 1)) + "|")
        lines += [
            "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows
        ]
    return "\n".join(lines) + "\n"


def _head(found: Difference) -> str:
    share = f" ({found.movers / found.people:.1%})" if found.people else ""
    text = (
        f"Against {found.ref}, as of {found.as_of}: {found.movers:,} of {found.people:,} people"
        f"{share} change grade, segment or lifecycle; they are worth {found.worth:,.0f}"
        f" ({found.worth_name})."
    )
    if found.changed:
        text += f" Changed: {', '.join(found.changed)}."
    else:
        text += " No seed and no model differs."
    if found.left_out:
        text += f" Not replayed, because they land raw data: {', '.join(found.left_out)}."
    return text


def _sections(found: Difference) -> list[Section]:
    sections: list[Section] = []
    for kind in ("grade", "segment", "lifecycle"):
        rows: list[Cells] = [
            (
                f"{move.before} > {move.after}",
                f"{move.people:,}",
                _signed(move.mean_change),
                f"{move.worth:,.0f}",
            )
            for move in found.moves
            if move.kind == kind
        ]
        if rows:
            sections.append((kind, (kind, "people", "mean overall", "worth"), rows))
    scores: list[Cells] = [
        (
            one.name,
            _versions(one.version_before, one.version_after),
            f"{one.people:,}",
            f"{one.band_people:,}",
            f"{one.gained:,}",
            f"{one.lost:,}",
            _signed(one.mean_change),
            "" if one.largest_change is None else f"{one.largest_change:.3f}",
        )
        for one in found.scores
    ]
    head = ("score", "version", "changed", "band", "gained", "lost", "mean", "largest")
    sections.append(("scores", head, scores))
    persons: list[Cells] = [
        (
            one.customer_id,
            one.grade,
            one.segment,
            _signed(one.change),
            "" if one.worth is None else f"{one.worth:,.0f}",
        )
        for one in found.persons
    ]
    if persons:
        person_head = ("person", "grade", "segment", "overall", "worth")
        sections.append(("who moves most", person_head, persons))
    return sections


def _versions(before: int | None, after: int | None) -> str:
    return str(after or "-") if before == after else f"{before or '-'} > {after or '-'}"


def _signed(number: float | None) -> str:
    return "" if number is None else f"{number:+.3f}"
