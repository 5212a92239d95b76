"""Raw rows being drafted, each with the judgement that it must receive, and their files."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from scoring.sample.plan import TablePlan

Cell = str | int | float | bool | None
Status = Literal["accepted", "anonymous", "rejected", "exact_duplicate", "superseded"]

PARQUET_TYPES: Final[Mapping[type, pa.DataType]] = {
    bool: pa.bool_(),
    float: pa.float64(),
    int: pa.int64(),
    str: pa.string(),
}


@dataclass
class Row:
    """One raw row: where it is delivered, its cells, and how it must be judged."""

    file: str
    cells: dict[str, Cell]
    status: Status
    reason: str = ""


class Draft:
    """The rows of one raw table, in the order of writing."""

    def __init__(
        self,
        table: str,
        columns: tuple[str, ...],
        *,
        may_be_anonymous: bool = False,
        encoding: str = "utf-8",
    ) -> None:
        """Begin a table without rows.

        Args:
            table: `source.table` of the contract.
            columns: Delivered columns, in file order.
            may_be_anonymous: An empty `customer_id` is kept as anonymous.
            encoding: Of CSV files; `utf-8-sig` begins them with a byte order mark.
        """
        self.table = table
        self.columns = columns
        self.may_be_anonymous = may_be_anonymous
        self.encoding = encoding
        self.rows: list[Row] = []

    def add(self, file: str, cells: Mapping[str, Cell]) -> Row:
        """Add a row that must be kept."""
        row = Row(file, dict(cells), "accepted")
        if self.may_be_anonymous and row.cells.get("customer_id") is None:
            row.status = "anonymous"
        return self._append(row)

    def reject(self, file: str, cells: Mapping[str, Cell], reason: str) -> Row:
        """Add a row that must be rejected for `reason`."""
        return self._append(Row(file, dict(cells), "rejected", reason))

    def repeat(self, row: Row, file: str | None = None) -> Row:
        """Deliver a row once more, unchanged, in the same or in another file."""
        return self._append(Row(file or row.file, dict(row.cells), "exact_duplicate"))

    def correct(self, row: Row, file: str, **changes: Cell) -> Row:
        """Deliver the key of `row` again with other values; the later delivery wins."""
        row.status = "superseded"
        return self.add(file, {**row.cells, **changes})

    def plan(self) -> TablePlan:
        """The accounting that the rows must lead to."""
        statuses = Counter(row.status for row in self.rows)
        reasons = Counter(row.reason for row in self.rows if row.status == "rejected")
        return TablePlan(
            row_count=len(self.rows),
            accepted=statuses["accepted"],
            anonymous=statuses["anonymous"],
            rejected=dict(sorted(reasons.items())),
            exact_duplicate=statuses["exact_duplicate"],
            superseded=statuses["superseded"],
        )

    def write(self, folder: Path) -> None:
        """Write the files of the table below `folder`."""
        files: dict[str, list[Row]] = {}
        for row in self.rows:
            files.setdefault(row.file, []).append(row)
        for name, rows in sorted(files.items()):
            path = folder / self.table.replace(".", "/", 1)
            path = path.with_name(path.name + name) if name.startswith(".") else path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self._encode(path.suffix, [row.cells for row in rows]))

    def _append(self, row: Row) -> Row:
        unknown = row.cells.keys() - set(self.columns)
        if unknown:
            raise ValueError(f"{self.table} is delivered without {sorted(unknown)}")
        self.rows.append(row)
        return row

    def _encode(self, suffix: str, rows: list[dict[str, Cell]]) -> bytes:
        if suffix == ".jsonl":
            return _json_lines(rows)
        if suffix == ".parquet":
            return _parquet(self.columns, rows)
        return _csv(self.columns, rows).encode(self.encoding)


def _csv(columns: tuple[str, ...], rows: Iterable[Mapping[str, Cell]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_text(row.get(column)) for column in columns])
    return buffer.getvalue()


def _json_lines(rows: Iterable[Mapping[str, Cell]]) -> bytes:
    lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _parquet(columns: tuple[str, ...], rows: list[dict[str, Cell]]) -> bytes:
    arrays = []
    for column in columns:
        values = [row.get(column) for row in rows]
        kind = next(type(value) for value in values if value is not None)
        arrays.append(pa.array(values, type=PARQUET_TYPES[kind]))
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays, names=list(columns)), sink, compression="none")
    return sink.getvalue()


def _text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
