"""One person's features once more: as of another date, as if nothing had become known since.

The compiled SQL of the last build runs in memory over that person's rows alone, so that nothing
of the rules is said twice. Everything that depends on the dates is made anew; what it reads from
before is copied for the person's source customers, cut at a day where that is asked for.
"""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any

from scoring.explain.cut import cut_at
from scoring.explain.states import Members, NoReplayError, State
from scoring.project_manifest import read_nodes
from scoring.warehouse import attach, connect, literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    import duckdb

    from scoring.contract import Contract
    from scoring.project_manifest import Node

_WAREHOUSE = "replayed"
_DATES = ("intermediate", "int_as_of_dates")
_LINKS = ("intermediate", "int_person_links")
_RESULTS = ("scores", "score_results")
_CODES = ("scores", "score_bin_codes")
# What a replay of one person is told instead of making it.
_GIVEN = {_DATES, _LINKS}
_ATTRIBUTES = ("intermediate", "int_person_attributes")

Name = tuple[str, str]


class Replay:
    """Replays of one person on one warehouse. Use it as a context manager."""

    def __init__(self, warehouse: Path, manifest: Path, contract: Contract, run_id: str) -> None:
        """Open the warehouse.

        Args:
            warehouse: the build file.
            manifest: what dbt compiled for it.
            contract: the raw contract, which says when a cell was known.
            run_id: the run that is explained.

        Raises:
            NoReplayError: the warehouse cannot be read, or holds another run.
        """
        import duckdb as engine

        if not warehouse.is_file() or not manifest.is_file():
            raise NoReplayError(f"the warehouse {warehouse} and what dbt compiled are not here")
        self._nodes = {
            name: node for name, node in read_nodes(manifest).items() if node.compiled_code
        }
        self._tables = {f"stg_{t.source}__{t.name}": t for t in contract.tables}
        try:
            with connect(warehouse, read_only=True) as connection:
                found = connection.execute("select run_id from intermediate.int_run").fetchone()
        except engine.Error as error:
            raise NoReplayError(f"the warehouse {warehouse} is in use or damaged") from error
        if found is None or found[0] != run_id:
            raise NoReplayError(f"the warehouse {warehouse} was built again since")
        if not {_RESULTS, _CODES, _DATES} <= self._nodes.keys():
            raise NoReplayError(f"{manifest} is of another build")
        self._warehouse = warehouse

    def linked(self, customer: str, day: date) -> Members:
        """The source customers that were this person as of a day."""
        with self._opened() as connection:
            self._make_dates(connection, day)
            self._build(connection, self._between(_LINKS, {_DATES}), {_DATES})
            cursor = connection.execute(
                f"select * from {_sql(_LINKS)} where customer_id = ? order by source_customer_id",
                [customer],
            )
            names = [item[0] for item in cursor.description or ()]
            return Members(tuple(names), tuple(tuple(row) for row in cursor.fetchall()))

    def state(
        self, customer: str, members: Members, as_of: date, known_before: date | None = None
    ) -> State:
        """The person as of a date.

        Args:
            customer: the person.
            members: the source customers that are taken to be the person.
            as_of: date that ages and windows are counted from.
            known_before: leave out what happened or became known from this day on.

        Raises:
            NoReplayError: the person is not scored then.
        """
        with self._opened() as connection:
            self._make_dates(connection, as_of)
            self._link(connection, members, as_of)
            self._copy_entries(connection, members.ids, known_before)
            # From here on tables are tiny: threads would only wait for each other.
            connection.execute("set threads = 1")
            self._build(connection, self._replayed(), _GIVEN)
            codes = connection.execute(
                "select bin_set, feature, bin from scores.score_bin_codes where customer_id = ?",
                [customer],
            ).fetchall()
            results = connection.execute(
                "select score_name, null_reason from scores.score_results where customer_id = ?",
                [customer],
            ).fetchall()
            features = _record(connection, "features.feat_customers", customer)
            attributes = connection.execute(
                "select feature, coalesce(cast(number_value as varchar), text_value)"
                f" from {_sql(_ATTRIBUTES)} where customer_id = ?",
                [customer],
            ).fetchall()
            absent = connection.execute(
                f"select feature from {_WAREHOUSE}.intermediate.int_feature_availability"
                " where not is_available"
            ).fetchall()
        if not features:
            raise NoReplayError(f"as of {as_of} the person is not scored")
        return State(
            {(s, f): int(b) for s, f, b in codes},
            dict(results),
            features | dict(attributes),
            frozenset(str(row[0]) for row in absent),
        )

    def _opened(self) -> duckdb.DuckDBPyConnection:
        import duckdb as engine

        connection = engine.connect(":memory:")
        connection.execute("set TimeZone = 'UTC'")
        attach(connection, self._warehouse, _WAREHOUSE)
        for (schema,) in connection.execute(
            "select distinct schema_name from duckdb_tables() where database_name = ?", [_WAREHOUSE]
        ).fetchall():
            connection.execute(f"create schema if not exists {quoted(schema)}")
        return connection

    def _make_dates(self, connection: duckdb.DuckDBPyConnection, day: date) -> None:
        query = f"select date '{day}' as as_of_date, true as is_run_date"
        self._create(connection, _DATES, query)

    def _link(self, connection: duckdb.DuckDBPyConnection, members: Members, as_of: date) -> None:
        """These source customers are the person, whatever the rules would say on that day."""
        listed = ", ".join(quoted(name) for name in members.columns)
        query = f"select {listed} from {_WAREHOUSE}.{_sql(_LINKS)} limit 0"
        self._create(connection, _LINKS, query)
        marks = ", ".join("?" for _ in members.columns)
        for row in members.on(as_of):
            connection.execute(f"insert into memory.{_sql(_LINKS)} values ({marks})", list(row))

    def _replayed(self) -> set[Name]:
        """What has to be made anew for a person's results and bin codes."""
        return self._between(_RESULTS, _GIVEN) | self._between(_CODES, _GIVEN)

    def _between(self, target: Name, made: set[Name]) -> set[Name]:
        """What has to be made anew for a table: all that it reads and that depends on the dates.

        Args:
            target: the table.
            made: tables that are there already, the dates among them.
        """
        dependent: dict[Name, bool] = dict.fromkeys(made, True)

        def depends(name: Name) -> bool:
            if name not in dependent:
                node = self._nodes.get(name)
                read = node.depends_on if node else ()
                inherited = [depends(one) for one in read]
                dependent[name] = any(inherited)
            return dependent[name]

        depends(target)
        return {name for name, is_dependent in dependent.items() if is_dependent}

    def _build(
        self, connection: duckdb.DuckDBPyConnection, names: set[Name], made: set[Name]
    ) -> None:
        graph = {name: set(self._node(name).depends_on) & names for name in names - made}
        for name in TopologicalSorter(graph).static_order():
            if name in made:
                continue
            node = self._node(name)
            for read in node.depends_on:
                if read not in names:
                    self._view(connection, read)
            self._create(connection, name, node.portable_code or "")

    def _node(self, name: Name) -> Node:
        node = self._nodes.get(name)
        if node is None:
            raise NoReplayError(f"dbt did not compile {'.'.join(name)} in the last build")
        return node

    def _copy_entries(
        self, connection: duckdb.DuckDBPyConnection, members: Iterable[str], cut: date | None
    ) -> None:
        """Copy what holds rows of source customers: theirs alone, and cut."""
        names = self._replayed()
        read = {one for name in names - _GIVEN for one in self._node(name).depends_on} - names
        listed = ", ".join(literal(member) for member in sorted(members))
        for name in sorted(read):
            columns = self._columns(connection, name)
            if name[0] == "reference":
                continue
            key = next((c for c in ("source_customer_id", "customer_id") if c in columns), None)
            if key is None:
                continue
            chosen, conditions = cut_at(cut, name[1], columns, self._tables.get(name[1]))
            conditions.append(f"{key} in ({listed})")
            self._create(
                connection,
                name,
                f"select {', '.join(chosen)} from {_WAREHOUSE}.{_sql(name)}"
                f" where {' and '.join(conditions)}",
            )

    def _columns(self, connection: duckdb.DuckDBPyConnection, name: Name) -> list[str]:
        rows = connection.execute(
            "select column_name from duckdb_columns() where database_name = ? and schema_name = ?"
            " and table_name = ? order by column_index",
            [_WAREHOUSE, *name],
        ).fetchall()
        return [str(row[0]) for row in rows]

    def _view(self, connection: duckdb.DuckDBPyConnection, name: Name) -> None:
        """Let SQL read a table of the warehouse, unless it was copied."""
        present = connection.execute(
            "select 1 from duckdb_tables() where database_name = 'memory' and schema_name = ?"
            " and table_name = ?",
            list(name),
        ).fetchone()
        if present is None:
            connection.execute(
                f"create view if not exists memory.{_sql(name)} as"
                f" select * from {_WAREHOUSE}.{_sql(name)}"
            )

    @staticmethod
    def _create(connection: duckdb.DuckDBPyConnection, name: Name, query: str) -> None:
        connection.execute(f"create table memory.{_sql(name)} as {query}")


def _record(connection: duckdb.DuckDBPyConnection, table: str, customer: str) -> dict[str, Any]:
    """The one row of a person; empty without one."""
    cursor = connection.execute(f"select * from {table} where customer_id = ?", [customer])
    names = [item[0] for item in cursor.description or ()]
    row = cursor.fetchone()
    return dict(zip(names, row, strict=True)) if row else {}


def _sql(name: Name) -> str:
    return ".".join(quoted(part) for part in name)
