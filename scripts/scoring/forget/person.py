"""Who is meant: all source customers of a person, and what names them in the raw data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.forget.pieces import Needles
from scoring.forget.raw_files import RawRow, raw_files
from scoring.forget.traces import PERSON_COLUMNS, Traces
from scoring.warehouse import connect, literal, quoted, relations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scoring.contract import Contract, Table
    from scoring.raw_counts import CsvFormat

_CELLS = ("email", "phone", "address")
_DATABASE = ".duckdb"


@dataclass(frozen=True)
class RawData:
    """The raw data of a location, whatever form they have."""

    location: Path
    contract: Contract
    csv_format: CsvFormat

    @property
    def is_database(self) -> bool:
        """Whether they are tables of a database, which this project only reads."""
        return self.location.suffix == _DATABASE

    def rows(self, table: Table, needles: Needles) -> Iterator[RawRow]:
        """Rows of a table that may have one of some keys or texts."""
        if self.is_database:
            yield from self._database_rows(table)
            return
        for file in raw_files(self.location, self.contract, self.csv_format):
            if file.table == table:
                yield from file.rows(needles)

    def _database_rows(self, table: Table) -> Iterator[RawRow]:
        with connect(self.location, read_only=True) as connection:
            database = self.location.name.removesuffix(_DATABASE)
            present = {(r.schema, r.name) for r in relations(connection, database)}
            if (table.source, table.name) not in present:
                return
            cursor = connection.execute(
                f"select * from {quoted(table.source)}.{quoted(table.name)}"
            )
            names = [item[0].lower() for item in cursor.description or ()]
            while batch := cursor.fetchmany(10_000):
                for row in batch:
                    named = zip(names, row, strict=True)
                    cells = {name: str(cell).strip() for name, cell in named if cell is not None}
                    yield RawRow({name: cell for name, cell in cells.items() if cell}, "")


def find_traces(person: str, raw: RawData, warehouse_path: Path) -> Traces:
    """Find what names a person.

    Args:
        person: key of the person, or of one of the source customers that the person is.
        raw: the raw data.
        warehouse_path: the warehouse, which knows who was linked; it may be missing.

    Returns:
        The traces; where nobody has the key, one that holds nothing but that.
    """
    ids = _merged({person} | _linked(person, warehouse_path), raw)
    customers = raw.contract.table("crm", "customers")
    rows = raw.rows(customers, Needles(frozenset(ids)))
    mine = [row for row in rows if row.cells.get("customer_id") in ids]
    cells = {row.cells[name] for row in mine for name in _CELLS if name in row.cells}
    names = {pair for row in mine if (pair := _name(row))}
    said = Needles(frozenset(), frozenset(cells) | {last for _, last in names})
    rows = raw.rows(customers, said)
    others = [row for row in rows if row.cells.get("customer_id") not in ids]
    other_cells = {
        row.cells[name].lower() for row in others for name in _CELLS if name in row.cells
    }
    other_names = {tuple(part.lower() for part in pair) for row in others if (pair := _name(row))}
    own_cells = {cell for cell in cells if cell.lower() not in other_cells}
    own_names = {pair for pair in names if tuple(p.lower() for p in pair) not in other_names}
    return Traces(
        ids=frozenset(ids),
        keys=_keys(raw, ids),
        cells=frozenset(own_cells),
        names=frozenset(own_names),
        shared_count=len(cells) + len(names) - len(own_cells) - len(own_names),
    )


def is_about(row: RawRow, table: Table, traces: Traces) -> bool:
    """Whether a raw row is about the person: by a column, or what they did, or its text."""
    named = {row.cells[name] for name in PERSON_COLUMNS if name in row.cells}
    if named:
        return bool(named & traces.ids)
    if table.person is None and any(
        row.cells.get(name) in keys for name, keys in traces.keys.items()
    ):
        return True
    return traces.mentioned_in(row.text or " ".join(row.cells.values()))


def _linked(person: str, warehouse_path: Path) -> set[str]:
    import duckdb

    if not warehouse_path.is_file():
        return set()
    key = literal(person)
    try:
        with connect(warehouse_path, read_only=True) as connection:
            rows = connection.execute(
                f"""
                with links as (select * from intermediate.int_person_links)
                select links.source_customer_id from links
                inner join links as mine
                    on links.customer_id = mine.customer_id and links.as_of_date = mine.as_of_date
                where {key} in (mine.source_customer_id, mine.customer_id)
                """
            ).fetchall()
    except duckdb.CatalogException:
        # Landed but not built: raw alone says who was merged.
        return set()
    except duckdb.Error as error:
        raise CannotRun(
            f"the warehouse {warehouse_path} cannot be opened: {error}. Close whatever reads it."
        ) from error
    return {row[0] for row in rows}


def _merged(ids: set[str], raw: RawData) -> set[str]:
    """The keys and all that merges join to them, in either direction."""
    customers = raw.contract.table("crm", "customers")
    found = set(ids)
    while True:
        rows = raw.rows(customers, Needles(frozenset(found)))
        pairs = [
            {row.cells["customer_id"], row.cells["merged_into"]}
            for row in rows
            if {"customer_id", "merged_into"} <= row.cells.keys()
        ]
        joined = {key for pair in pairs if found & pair for key in pair}
        if joined <= found:
            return found
        found |= joined


def _keys(raw: RawData, ids: set[str]) -> dict[str, frozenset[str]]:
    """Keys of what these people did and nobody else, by column."""
    keys: dict[str, frozenset[str]] = {}
    for table in raw.contract.tables:
        if table.person is None or len(table.key) != 1 or table.key[0] == table.person:
            continue
        name, person = table.key[0], table.person
        found = {
            row.cells[name]
            for row in raw.rows(table, Needles(frozenset(ids)))
            if name in row.cells and row.cells.get(person) in ids
        }
        if found and _is_used_elsewhere(raw.contract, table):
            found -= {
                row.cells[name]
                for row in raw.rows(table, Needles(frozenset(found)))
                if row.cells.get(name) in found and row.cells.get(person) not in ids
            }
        if found:
            keys[name] = frozenset(found)
    return keys


def _is_used_elsewhere(contract: Contract, table: Table) -> bool:
    """Whether rows without a person belong to rows of the table, as lines to an order."""
    return any(
        other.person is None and any(column.name == table.key[0] for column in other.columns)
        for other in contract.tables
    )


def _name(row: RawRow) -> tuple[str, str] | None:
    if {"first_name", "last_name"} <= row.cells.keys():
        return row.cells["first_name"], row.cells["last_name"]
    return None
