"""What `scoring forget` tells the person who asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from rich.console import Console

    from scoring.forget.command import Forgetting


def print_forgetting(forgetting: Forgetting, console: Console) -> None:
    """Print where the person was found and what was proved; keys only, no names or addresses."""
    traces, proof = forgetting.traces, forgetting.proof
    console.print(
        f"Records of the person: {', '.join(sorted(traces.ids))}", highlight=False, markup=False
    )
    table = Table("file", "table", "rows or lines", "who removes it")
    for place in forgetting.places:
        owner = "scoring forget" if place.is_ours else "whoever delivers it"
        table.add_row(str(place.path), place.what, f"{place.count:,}", owner)
    console.print(table)
    if proof is None:
        console.print("Nothing was changed: repeat with --yes to remove all of it.")
    else:
        console.print(
            f"Removed and searched: {proof.table_count:,} tables and {proof.file_count:,} files"
            " name the person nowhere. The next run builds without them."
        )
    if traces.plain_ids:
        console.print(
            "Keys too short or too common to be looked for in free text:"
            f" {', '.join(sorted(traces.plain_ids))}. Columns of keys were searched for them.",
            highlight=False,
            markup=False,
        )
    if traces.shared_count:
        console.print(
            f"{traces.shared_count} addresses, numbers or names are also those of other people, and"
            " could not be looked for."
        )
