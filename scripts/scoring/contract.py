"""The raw contract: the sources' YAML as typed records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Column:
    """A column of a raw table.

    Attributes:
        name: its name.
        data_type: text, integer, decimal, boolean, date or timestamp.
        description: what it means.
        required: must be there when its table is.
        nullable: may be empty; a column that is not required always may.
        pii: identifies a person directly.
        known_at: column that says when this one's value was known, if it changes after the event.
        past: what is known of its past values: stable, unknown or arrival; None where dated.
        minimum: smallest value that is believed, as text.
        maximum: largest value that is believed, as text.
        may_be_future: may be later than the delivery.
    """

    name: str
    data_type: str
    description: str
    required: bool = False
    nullable: bool = True
    pii: bool = False
    known_at: str | None = None
    past: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    may_be_future: bool = False


@dataclass(frozen=True)
class Table:
    """A raw table.

    Attributes:
        source: source system, also its folder or schema.
        name: its name.
        key: columns that name a row.
        event_at: column of the time of the event, None for a table without events.
        person: column that names the person, if any.
        changes_at: column of the time from which a version's cells are known, if any.
        columns: all columns, in contract order.
        schema: schema that it lies in on a database server.
    """

    source: str
    name: str
    key: tuple[str, ...]
    event_at: str | None
    person: str | None
    changes_at: str | None
    columns: tuple[Column, ...]
    schema: str = ""

    @property
    def full_name(self) -> str:
        """Source and table, for example `sales.orders`."""
        return f"{self.source}.{self.name}"

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.full_name} has no column {name}")


@dataclass(frozen=True)
class Contract:
    """All raw tables, ordered by source and as declared within it."""

    tables: tuple[Table, ...]

    def table(self, source: str, name: str) -> Table:
        """The table of that source and name.

        Raises:
            KeyError: there is none.
        """
        for table in self.tables:
            if (table.source, table.name) == (source, name):
                return table
        raise KeyError(f"the contract has no table {source}.{name}")

    @property
    def pii_columns(self) -> frozenset[str]:
        """Names of all columns that identify a person directly."""
        return frozenset(c.name for table in self.tables for c in table.columns if c.pii)


def read_contract(project_dir: Path) -> Contract:
    """Read the contract from `models/staging/<source>/_<source>__sources.yml`.

    Raises:
        CannotRun: no such file, or a file that does not follow the form.
    """
    paths = sorted((project_dir / "models" / "staging").glob("*/_*__sources.yml"))
    if not paths:
        raise CannotRun(f"no sources are declared under {project_dir / 'models' / 'staging'}")
    return Contract(tuple(table for path in paths for table in _read_file(path)))


def _read_file(path: Path) -> list[Table]:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        return [
            _table(str(source["name"]), str(source.get("schema", source["name"])), table)
            for source in document["sources"]
            for table in source["tables"]
        ]
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise CannotRun(f"{path} is not a list of sources as dbt reads them: {error!r}") from error


def _table(source: str, schema: str, node: dict[str, Any]) -> Table:
    meta = _meta(node)
    return Table(
        source=source,
        name=str(node["name"]),
        key=tuple(str(name) for name in meta["key"]),
        event_at=_text(meta.get("event_at")),
        person=_text(meta.get("person")),
        changes_at=_text(meta.get("changes_at")),
        columns=tuple(_column(column) for column in node["columns"]),
        schema=schema,
    )


def _column(node: dict[str, Any]) -> Column:
    meta = _meta(node)
    required = bool(meta.get("required", False))
    return Column(
        name=str(node["name"]),
        data_type=str(node["data_type"]),
        description=str(node["description"]),
        required=required,
        nullable=bool(meta.get("nullable", not required)),
        pii=bool(meta.get("pii", False)),
        known_at=_text(meta.get("known_at")),
        past=_text(meta.get("past")),
        minimum=_text(meta.get("min")),
        maximum=_text(meta.get("max")),
        may_be_future=bool(meta.get("may_be_future", False)),
    )


def _meta(node: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = node.get("config") or {}
    meta: dict[str, Any] = config.get("meta") or {}
    return meta


def _text(value: object) -> str | None:
    return None if value is None else str(value)
