"""What dbt's manifest says of the relations it built."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from pathlib import Path

_BUILT = frozenset({"model", "seed", "snapshot"})


@dataclass(frozen=True)
class Node:
    """A model, seed or snapshot.

    Attributes:
        schema: schema that it is built in.
        name: name of its table or view.
        database: name of its database, as its compiled SQL writes it.
        compiled_code: its SQL; None for a seed or if it was not compiled.
        key: columns that name a row, from its `unique_key` test.
        depends_on: `(schema, name)` of what it reads.
        is_published_whole: whether a view of it goes out as a table (`published_as: table`).
    """

    schema: str
    name: str
    database: str
    compiled_code: str | None
    key: tuple[str, ...]
    depends_on: tuple[tuple[str, str], ...]
    is_published_whole: bool = False

    @property
    def portable_code(self) -> str | None:
        """Its SQL without the name of the database, so that it works in any file."""
        if self.compiled_code is None:
            return None
        return self.compiled_code.replace(f'"{self.database}".', "")


def read_nodes(path: Path) -> dict[tuple[str, str], Node]:
    """Read the nodes that build a relation, by schema and name.

    Raises:
        CannotRun: there is no manifest.
    """
    if not path.is_file():
        raise CannotRun(f"dbt wrote no manifest at {path}: build the project first")
    document = json.loads(path.read_text(encoding="utf-8"))
    built = {
        unique_id: node
        for unique_id, node in document["nodes"].items()
        if node["resource_type"] in _BUILT
    }
    names = {unique_id: (node["schema"], node["alias"]) for unique_id, node in built.items()}
    keys = _tested_keys(document["nodes"])
    return {
        names[unique_id]: _node(node, names, keys.get(unique_id, ()))
        for unique_id, node in built.items()
    }


def _tested_keys(nodes: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """The columns of each node's `unique_key` test, by the node's unique id."""
    return {
        node["attached_node"]: tuple(node["test_metadata"]["kwargs"]["column_name"].split(", "))
        for node in nodes.values()
        if (node.get("test_metadata") or {}).get("name") == "unique_key"
    }


def _node(node: dict[str, Any], names: dict[str, tuple[str, str]], key: tuple[str, ...]) -> Node:
    depends_on = node.get("depends_on", {}).get("nodes", [])
    return Node(
        schema=node["schema"],
        name=node["alias"],
        database=node["database"],
        compiled_code=node.get("compiled_code"),
        key=key,
        depends_on=tuple(names[unique_id] for unique_id in depends_on if unique_id in names),
        is_published_whole=node.get("config", {}).get("meta", {}).get("published_as") == "table",
    )
