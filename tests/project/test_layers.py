"""A model reads to its left: staging, intermediate, features, scores, marts.

Example of a break: a mart that reads `stg_sales__orders`. Reason: only `intermediate` cuts the
future off, so what goes round it may see the future. Remedy: read the intermediate model that has
the column, or add it there.
"""

from __future__ import annotations

from typing import Any

LAYERS = ("staging", "intermediate", "features", "scores", "marts")
MONITORING = "monitoring"
# What came after a date: it reads staging, since the future is what it is made of, and nothing but
# training reads it.
TARGETS = "targets"
TARGETS_READ = frozenset({"staging", "intermediate", "features", TARGETS})
SOURCE = "source"
SEED = "seed"
# Rooms that read staged rows: the one that cuts the future off, and the one that only counts.
READERS_OF_STAGING = frozenset({"staging", "intermediate", MONITORING, TARGETS})


def _room(node: dict[str, Any]) -> str:
    """Where a node stands: the folder of a model; a snapshot keeps an intermediate model."""
    match node["resource_type"]:
        case "model":
            return str(node["fqn"][1])
        case "snapshot":
            return "intermediate"
        case "source":
            return SOURCE
        case _:
            return SEED


def _edges(manifest: dict[str, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    nodes = manifest["nodes"] | manifest["sources"]
    return [
        (node, nodes[parent])
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"model", "snapshot"}
        for parent in node["depends_on"]["nodes"]
        if parent in nodes
    ]


def _breaks(
    manifest: dict[str, Any],
) -> list[str]:
    found = []
    for reader, read in _edges(manifest):
        to, room = _room(reader), _room(read)
        if room == SEED:
            is_allowed = True
        elif room == SOURCE:
            is_allowed = to == "staging"
        elif room == "staging":
            is_allowed = to in READERS_OF_STAGING
        elif TARGETS in {to, room}:
            is_allowed = to == TARGETS and room in TARGETS_READ
        elif room == MONITORING:
            is_allowed = False
        else:
            is_allowed = to == MONITORING or LAYERS.index(room) <= LAYERS.index(to)
        if not is_allowed:
            found.append(f"{to}: {reader['name']} reads {room}: {read['name']}")
    return found


def test_every_model_stands_in_a_room(manifest: dict[str, Any]) -> None:
    models = [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]
    assert len(models) > 50
    strays = [n["name"] for n in models if _room(n) not in {*LAYERS, MONITORING, TARGETS}]
    assert strays == []


def test_models_read_only_to_their_left(manifest: dict[str, Any]) -> None:
    assert _breaks(manifest) == []


def test_a_mart_that_reads_staging_is_a_break(manifest: dict[str, Any]) -> None:
    marts = {
        name: dict(node, depends_on={"nodes": ["model.customer_scoring.stg_sales__orders"]})
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    }
    broken = dict(manifest, nodes=manifest["nodes"] | marts)
    assert len(_breaks(broken)) == len(marts)


def test_a_feature_that_reads_a_target_is_a_break(manifest: dict[str, Any]) -> None:
    readers = {
        name: dict(node, depends_on={"nodes": ["model.customer_scoring.target_outcomes"]})
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["fqn"][1] in {"features", "scores", MONITORING}
    }
    broken = dict(manifest, nodes=manifest["nodes"] | readers)
    assert len(_breaks(broken)) == len(readers) > 0


def test_only_the_entry_of_a_table_reads_its_source(manifest: dict[str, Any]) -> None:
    strays = [
        reader["name"]
        for reader, read in _edges(manifest)
        if read["resource_type"] == "source" and not reader["name"].startswith("base_")
    ]
    assert strays == []
