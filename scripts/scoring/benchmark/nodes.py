"""What each node of a build took, from dbt's own results."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LANDING = "landing"
ROLLUPS = "roll-ups"
TESTS = "data tests"
_ROLLUPS = frozenset(
    {
        *("int_order_day_versions", "int_order_days", "int_product_days"),
        *("int_interaction_day_versions", "int_interaction_days"),
    }
)
_SHOWN = 12


def read_results(target: Path) -> list[dict[str, Any]]:
    """Results of the last dbt command of a target folder."""
    results: list[dict[str, Any]] = json.loads(
        (target / "run_results.json").read_text(encoding="utf-8")
    )["results"]
    return results


def phase(result: dict[str, Any]) -> str:
    """Where a node belongs: landing, roll-ups, data tests, or the schema that it is built in."""
    kind, _, name = str(result["unique_id"]).split(".")[:3]
    if kind == "test":
        return TESTS
    if name in _ROLLUPS:
        return ROLLUPS
    relation = result.get("relation_name") or ""
    schema = relation.split(".")[-2].strip('"') if relation.count(".") else kind
    return LANDING if schema == "staging" else schema


def seconds_by_phase(results: Iterable[dict[str, Any]]) -> dict[str, float]:
    """Seconds of the nodes of each phase; nodes overlap, so their sum is not the wall time."""
    seconds: dict[str, float] = {}
    for result in results:
        name = phase(result)
        seconds[name] = seconds.get(name, 0.0) + float(result["execution_time"])
    return {name: round(value, 2) for name, value in seconds.items()}


def slowest(results: Iterable[dict[str, Any]]) -> dict[str, float]:
    """The nodes that took longest, with their seconds."""
    ordered = sorted(results, key=lambda result: -float(result["execution_time"]))
    return {
        str(one["unique_id"]).split(".")[2]: round(float(one["execution_time"]), 2)
        for one in ordered[:_SHOWN]
    }


def seconds_of(results: Iterable[dict[str, Any]], names: frozenset[str]) -> float:
    """Seconds that some nodes took, one at a time, the making of their SQL included."""
    return sum(
        float(result["execution_time"])
        for result in results
        if str(result["unique_id"]).split(".")[2] in names
    )
