"""Rows of raw files: read one by one, and written anew without some of them, the rest untouched."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scoring.errors import CannotRun
from scoring.forget.pieces import has_stray_quote, is_simple, pieces
from scoring.raw_counts import find_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TextIO

    from scoring.contract import Contract, Table
    from scoring.forget.pieces import Needles
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

    def rows(self, needles: Needles | None = None) -> Iterator[RawRow]:
        """Every row of the file, also those that are no row of its table.

        Args:
            needles: leave out rows that surely have none of these, where that is quick to tell.

        Raises:
            CannotRun: the file cannot be read.
        """
        try:
            if self._is_parquet:
                yield from _parquet_rows(self.path, needles)
                return
            for piece, is_theirs in self._pieces(needles):
                if is_theirs:
                    yield from (row for row, _ in self._rows_of(piece) if row)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CannotRun(f"{self.path} cannot be read: {error}") from error

    def write_without(
        self, is_gone: Callable[[RawRow], bool], target: Path, needles: Needles
    ) -> None:
        """Write the file to `target` without some rows; every other byte of text stays.

        Args:
            is_gone: says of a row whether it goes.
            target: the new file.
            needles: a row that goes has one of these.
        """
        if self._is_parquet:
            _write_parquet(self.path, target, is_gone, needles)
            return
        with target.open("wb") as out:
            for piece, is_theirs in self._pieces(needles):
                if not is_theirs:
                    out.write(piece.content)
                    continue
                kept = (t for row, t in self._rows_of(piece) if row is None or not is_gone(row))
                out.write("".join(kept).encode(self._encoding))

    @property
    def _is_parquet(self) -> bool:
        return self.path.suffix.lower() not in {".csv", ".jsonl"}

    @property
    def _encoding(self) -> str:
        return "utf-8" if self.path.suffix.lower() == ".jsonl" else self.csv_format.encoding

    def _pieces(self, needles: Needles | None) -> Iterator[tuple[_Piece, bool]]:
        """The file in pieces of whole rows, each with whether rows of it may have a needle."""
        if needles is None or not self._can_glance(needles):
            yield _Piece(self.path.read_bytes(), None), True
            return
        quote = "" if self.path.suffix.lower() == ".jsonl" else self.csv_format.quote
        header: list[str] | None = None
        with self.path.open("rb") as stream:
            for content in pieces(stream, quote):
                text = content.decode(self._encoding)
                is_first = header is None
                yield _Piece(content, header), is_first or needles.may_stand_in(text)
                if is_first:
                    header = self._header_of(text)

    def _can_glance(self, needles: Needles) -> bool:
        """Whether rows can be told by their bytes, and needles stand in them as they are."""
        if not is_simple(self._encoding):
            return False
        if self.path.suffix.lower() == ".jsonl":
            return needles.stand_as_they_are('"\\/', is_ascii=True)
        if not needles.stand_as_they_are(self.csv_format.quote):
            return False
        with self.path.open("rb") as stream:
            return not has_stray_quote(stream, self.csv_format.quote, self.csv_format.delimiter)

    def _header_of(self, text: str) -> list[str]:
        if self.path.suffix.lower() == ".jsonl":
            return []
        reader = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=self.csv_format.delimiter,
            quotechar=self.csv_format.quote,
        )
        return _names(next(reader, []))

    def _rows_of(self, piece: _Piece) -> Iterator[tuple[RawRow | None, str]]:
        stream = io.StringIO(piece.content.decode(self._encoding), newline="")
        if self.path.suffix.lower() == ".jsonl":
            return ((_json_row(line), line) for line in stream)
        return _csv_rows(stream, self.csv_format, piece.header)


@dataclass(frozen=True)
class _Piece:
    """Whole rows of a text file; the header's names where they do not begin with it."""

    content: bytes
    header: list[str] | None


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


def _names(fields: list[str]) -> list[str]:
    return [name.lstrip("\ufeff").strip() for name in fields]


def _csv_rows(
    stream: TextIO, form: CsvFormat, header: list[str] | None
) -> Iterator[tuple[RawRow | None, str]]:
    """Rows with the text that they stand in; the header as None, where it is not known before."""
    csv.field_size_limit(2**31 - 1)
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in stream:
            taken.append(line)
            yield line

    reader = csv.reader(lines(), delimiter=form.delimiter, quotechar=form.quote)
    for fields in reader:
        text = "".join(taken)
        taken.clear()
        if header is None:
            header = _names(fields)
            yield None, text
        else:
            yield _row(dict(zip(header, fields, strict=False)), text), text


def _parquet_rows(path: Path, needles: Needles | None) -> Iterator[RawRow]:
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches():
            mask = needles.mask(batch) if needles else None
            found = batch if mask is None else batch.filter(mask)
            yield from (_row(cells, "") for cells in found.to_pylist())


def _write_parquet(
    source: Path, target: Path, is_gone: Callable[[RawRow], bool], needles: Needles
) -> None:
    import numpy as np
    from pyarrow import array, parquet

    with (
        parquet.ParquetFile(source) as file,
        parquet.ParquetWriter(target, file.schema_arrow) as writer,
    ):
        for batch in file.iter_batches():
            mask = needles.mask(batch)
            theirs = np.ones(batch.num_rows, bool) if mask is None else np.asarray(mask)
            places = np.flatnonzero(theirs)
            rows = batch.take(array(places)).to_pylist()
            kept = np.ones(batch.num_rows, bool)
            kept[places] = [not is_gone(_row(cells, "")) for cells in rows]
            writer.write_batch(batch.filter(array(kept)))
