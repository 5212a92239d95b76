"""What `scoring train` says when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from scoring.training.train import Outcome

_NONE = "\N{EN DASH}"


def print_outcomes(outcomes: Sequence[Outcome], console: Console) -> None:
    """One row per score: what the test said of the card and of the one before it."""
    table = Table("score", "version", "evidence", "features", "measure", "card", "before", "")
    for one in outcomes:
        name, (mine, before) = (
            next(iter(one.verdict.measures.items())) if one.verdict else (_NONE, (None, None))
        )
        table.add_row(
            *(one.score_name, str(one.version), one.learned.rung.evidence),
            *(str(len(one.card.points)), name),
            f"{mine.value:.4f}" if mine else _NONE,
            f"{before.value:.4f}" if before else _NONE,
            f"not written: {one.reason}" if one.reason else "written",
        )
    console.print(table)
    for one in outcomes:
        if not one.reason:
            console.print(
                f"docs/cards/{one.score_name}-{one.version}.md. To make it live, set score_version "
                f"{one.version} and evidence {one.learned.rung.evidence} in score_catalogue.csv.",
                highlight=False,
            )
