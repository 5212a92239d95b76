"""Everything says what it is: its grain, its columns, its key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.support.tables import column_names, opened

if TYPE_CHECKING:
    from pathlib import Path

KEY_TESTS = frozenset({"unique", "unique_key"})
# Rows that may stand twice for a reason: a rejected row that was delivered twice, and an order with
# its cancellation on the same day.
WITHOUT_KEY = frozenset({"int_rejected_rows", "int_person_product_days"})
# Columns made from the cards, one for each score or feature, have two underscores in their names.
MADE_FROM_CARDS = "__"


def _relations(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    kinds = {"model", "seed", "snapshot"}
    return [node for node in manifest["nodes"].values() if node["resource_type"] in kinds]


def test_descriptions_begin_with_the_grain(manifest: dict[str, Any]) -> None:
    without = [
        node["name"]
        for node in _relations(manifest)
        if not node["description"].startswith("One row")
    ]
    assert sorted(without) == []


def test_declared_columns_are_described(manifest: dict[str, Any]) -> None:
    without = [
        f"{node['name']}.{column['name']}"
        for node in _relations(manifest)
        for column in node["columns"].values()
        if not (column["description"] or "").strip()
    ]
    assert sorted(without) == []


def test_built_columns_are_declared_and_the_reverse(
    manifest: dict[str, Any], built_sample: Path
) -> None:
    differing = {}
    with opened(built=built_sample) as connection:
        for node in _relations(manifest):
            built = column_names(connection, f"built.{node['schema']}.{node['alias']}")
            missing = {
                name
                for name in built
                if name not in node["columns"] and MADE_FROM_CARDS not in name
            }
            extra = set(node["columns"]) - set(built)
            if missing or extra:
                differing[node["name"]] = {"undeclared": sorted(missing), "gone": sorted(extra)}
    assert differing == {}


def test_keys_are_tested(manifest: dict[str, Any]) -> None:
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") in KEY_TESTS
    }
    without = [
        node["name"]
        for node in _relations(manifest)
        if node["unique_id"] not in tested and _has_a_key(node)
    ]
    assert sorted(without) == []


def _has_a_key(node: dict[str, Any]) -> bool:
    """Landed rows keep their exact duplicates, and a table of a single row needs no key."""
    is_landed = re.fullmatch(r"base_[a-z]+__\w+", node["name"])
    is_single = re.match(r"One row(?! per)", node["description"])
    return not is_landed and not is_single and node["name"] not in WITHOUT_KEY


def test_macros_are_described(manifest: dict[str, Any]) -> None:
    """Implementations for one adapter and generic tests are described where they are called."""
    without = [
        macro["name"]
        for macro in manifest["macros"].values()
        if macro["package_name"] == "customer_scoring"
        and not macro["name"].startswith(("materialization_", "test_"))
        and "__" not in macro["name"]
        and not macro["description"].strip()
    ]
    assert sorted(without) == []
