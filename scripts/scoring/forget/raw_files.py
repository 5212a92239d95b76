"""Rows of raw files: read one by one, and written anew without some of them, the rest untouched."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scoring.errors import CannotRun
from scoring.raw_counts import find_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import TextIO

    from scoring.contract import Contract, Table
    from scoring.raw_counts import CsvFormat


@dataclass(frozen=True)
class RawRow:
    """A row of a raw file.

    Attributes:
        cells: cells by column in small letters, as trimmed text; no empty ones.
        text: the row as it stands in a text file; '' for Parquet.
    """

    cells: dict[str, str]
    text: str


@dataclass(frozen=True)
class RawFile:
    """A file of a table of the contract."""

    path: Path
    table: Table
    csv_format: CsvFormat

    def rows(self) -> Iterator[RawRow]:
        """Every row of the file, also those that are no row of its table.

        Raises:
            CannotRun: the file cannot be read.
        """
        try:
            match self.path.suffix.lower():
                case ".csv":
                    with self._open() as stream:
                        yield from (row for row, _ in _csv_rows(stream, self.csv_format) if row)
                case ".jsonl":
                    with self._open() as stream:
                        yield from (_json_row(line) for line in stream)
                case _:
                    for batch in _batches(self.path):
                        yield from (_row(cells, "") for cells in batch.to_pylist())
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CannotRun(f"{self.path} cannot be read: {error}") from error

    def may_mention(self, texts: Iterable[str]) -> bool:
        """Whether one of the texts stands in the file; True where a glance cannot tell."""
        if self.path.suffix.lower() == ".parquet" or not all(text.isascii() for text in texts):
            return True
        encoding = "utf-8" if self.path.suffix.lower() == ".jsonl" else self.csv_format.encoding
        # A byte order mark is no part of a text inside a file.
        encoding = f"{encoding}-le" if encoding == "utf-16" else encoding
        content = self.path.read_bytes()
        return any(text.encode(encoding) in content for text in texts)

    def write_without(self, is_gone: Callable[[RawRow], bool], target: Path) -> None:
        """Write the file to `target` without some rows; every other byte of text stays."""
        match self.path.suffix.lower():
            case ".csv":
                with self._open() as stream, self._open(target) as out:
                    for row, text in _csv_rows(stream, self.csv_format):
                        if row is None or not is_gone(row):
                            out.write(text)
            case ".jsonl":
                with self._open() as stream, self._open(target) as out:
                    out.writelines(line for line in stream if not is_gone(_json_row(line)))
            case _:
                _write_parquet(self.path, target, is_gone)

    def _open(self, target: Path | None = None) -> TextIO:
        encoding = "utf-8" if self.path.suffix.lower() == ".jsonl" else self.csv_format.encoding
        path, mode = (target, "w") if target else (self.path, "r")
        return path.open(mode, encoding=encoding, newline="")  # type: ignore[return-value]


def raw_files(raw_location: Path, contract: Contract, csv_format: CsvFormat) -> list[RawFile]:
    """The files of every table of the contract below a folder."""
    return [
        RawFile(path, table, csv_format)
        for table in contract.tables
        for path in find_files(raw_location, table)
    ]


def _row(cells: dict[str, Any], text: str) -> RawRow:
    trimmed = {str(k).lower(): str(v).strip() for k, v in cells.items() if v is not None}
    return RawRow({name: cell for name, cell in trimmed.items() if cell}, text)


def _json_row(line: str) -> RawRow:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    return _row(found if isinstance(found, dict) else {}, line)


def _csv_rows(stream: TextIO, form: CsvFormat) -> Iterator[tuple[RawRow | None, str]]:
    """Rows with the text that they stand in; the header as None."""
    csv.field_size_limit(2**31 - 1)
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in stream:
            taken.append(line)
            yield line

    reader = csv.reader(lines(), delimiter=form.delimiter, quotechar=form.quote)
    header: list[str] | None = None
    for fields in reader:
        text = "".join(taken)
        taken.clear()
        if header is None:
            header = [name.lstrip("\ufeff").strip() for name in fields]
            yield None, text
        else:
            yield _row(dict(zip(header, fields, strict=False)), text), text


def _batches(path: Path) -> Iterator[Any]:
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        yield from file.iter_batches()


def _write_parquet(source: Path, target: Path, is_gone: Callable[[RawRow], bool]) -> None:
    from pyarrow import array, parquet

    with (
        parquet.ParquetFile(source) as file,
        parquet.ParquetWriter(target, file.schema_arrow) as writer,
    ):
        for batch in file.iter_batches():
            kept = [not is_gone(_row(cells, "")) for cells in batch.to_pylist()]
            writer.write_batch(batch.filter(array(kept, "bool")))
