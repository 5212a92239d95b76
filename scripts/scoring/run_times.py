"""Where the time of a run went: measured by layer, kept with the run, told in the summary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb
    from rich.console import Console

IN_DBT = "dbt: "
_LEAST_SECONDS = 0.1


def seconds_by_layer(results: Iterable[Any]) -> dict[str, float]:
    """What the nodes of each layer took: models by folder, the rest by kind."""
    seconds: dict[str, float] = {}
    for result in results:
        node = getattr(result, "node", None)
        kind = str(getattr(node, "resource_type", "hook"))
        layer = str(node.fqn[1]) if node is not None and kind == "model" else f"{kind}s"
        seconds[layer] = seconds.get(layer, 0.0) + float(result.execution_time or 0)
    return seconds


def read_times(connection: duckdb.DuckDBPyConnection, run_id: str) -> dict[str, float]:
    """Seconds by step of a run; none where an older version recorded it."""
    columns = connection.execute("describe monitoring.pipeline_runs").fetchall()
    if "step_seconds" not in {column[0] for column in columns}:
        return {}
    found = connection.execute(
        "select step_seconds from monitoring.pipeline_runs where run_id = ?", [run_id]
    ).fetchone()
    return {} if found is None or found[0] is None else dict(json.loads(found[0]))


def print_times(console: Console, seconds: dict[str, float]) -> None:
    """Print the steps of a run in their order, and the layers that dbt built, longest first."""
    steps = {name: took for name, took in seconds.items() if not name.startswith(IN_DBT)}
    if not steps:
        return
    layers = {
        name.removeprefix(IN_DBT): took
        for name, took in sorted(seconds.items(), key=lambda item: -item[1])
        if name.startswith(IN_DBT) and took >= _LEAST_SECONDS
    }
    console.print("\n[bold]Where the time went[/bold]")
    for told, parts in (("seconds", steps), ("of them dbt", layers)):
        listed = ", ".join(f"{name} {took:.1f}" for name, took in parts.items())
        console.print(f"  {told}: {listed}", soft_wrap=True, highlight=False)
