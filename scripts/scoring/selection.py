"""What of a warehouse is published, decided from its relations and dbt's manifest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.record import TABLE as RUNS_TABLE
from scoring.warehouse import Relation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scoring.project_manifest import Node

# The cards go out with the scores: whoever reads a score may look up its points.
PUBLISHED_SCHEMAS = frozenset({"marts", "monitoring", "reference"})
RESTRICTED_SCHEMAS = frozenset({"snapshots", "restricted"})
SCORE_HISTORY = Relation("marts", "score_history")


@dataclass(frozen=True)
class View:
    """A view to create anew, or a table of it: its name and its SQL without a database name."""

    relation: Relation
    code: str
    is_table: bool = False


@dataclass(frozen=True)
class Selection:
    """What goes into a published copy.

    Attributes:
        tables: tables of the public file: marts, monitoring, seeds, and what their views read.
        views: views of the public file, each after the views that it reads; some as tables.
        restricted: tables of the restricted file.
        keys: key columns by table, where dbt knows them.
    """

    tables: tuple[Relation, ...]
    views: tuple[View, ...]
    restricted: tuple[Relation, ...]
    keys: Mapping[Relation, tuple[str, ...]]

    @property
    def written(self) -> tuple[Relation, ...]:
        """Tables of the public file, those that are views in the warehouse among them."""
        return (*self.tables, *(view.relation for view in self.views if view.is_table))

    @property
    def all(self) -> tuple[Relation, ...]:
        """All relations of the public file."""
        return (*self.tables, *(view.relation for view in self.views))


def select_relations(
    present: Iterable[Relation], nodes: Mapping[tuple[str, str], Node]
) -> Selection:
    """Choose what is published.

    A relation that dbt no longer knows is left out: it is what an older version built.

    Args:
        present: relations of the warehouse.
        nodes: dbt's nodes by schema and name.

    Raises:
        CannotRun: a published view reads what the warehouse does not have, or was not compiled.
    """
    by_name = {(relation.schema, relation.name): relation for relation in present}
    tables: set[Relation] = set()
    views: dict[Relation, View] = {}

    def include(name: tuple[str, str], reader: str) -> None:
        relation = by_name.get(name)
        if relation is None:
            raise CannotRun(
                f"not published: {reader} reads {'.'.join(name)}, which is not in the warehouse"
            )
        if not relation.is_view:
            tables.add(relation)
            return
        if relation in views:
            return
        node = nodes[name]
        for dependency in node.depends_on:
            include(dependency, relation.full_name)
        if node.portable_code is None:
            raise CannotRun(f"not published: dbt did not compile the view {relation.full_name}")
        views[relation] = View(relation, node.portable_code, node.is_published_whole)

    for name, relation in sorted(by_name.items()):
        if relation.schema in PUBLISHED_SCHEMAS and name in nodes:
            include(name, relation.full_name)
    kept = {r for r in by_name.values() if not r.is_view and r.schema in RESTRICTED_SCHEMAS}
    histories = {r for r in by_name.values() if r == SCORE_HISTORY or r.full_name == RUNS_TABLE}
    runs = {r for r in histories if r.full_name == RUNS_TABLE}
    return Selection(
        tables=tuple(sorted(tables | runs)),
        views=tuple(views.values()),
        restricted=tuple(sorted(kept | histories)),
        keys={
            r: nodes[r.schema, r.name].key for r in (*tables, *views) if (r.schema, r.name) in nodes
        },
    )
