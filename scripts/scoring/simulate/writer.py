"""Parquet files by table and month of delivery, written row group by row group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    import pyarrow as pa

    from scoring.simulate.columns import Ints

ROWS_PER_GROUP: Final = 65_536
"""Rows of a group in the files; so many may wait for each file, so it bounds the memory."""


class Writer:
    """Writes rows below a folder: `<source>/<table>/part-0001.parquet`, one part a month.

    Rows wait until a row group is full, so that the files do not depend on how many come at once.
    """

    def __init__(self, folder: Path, rows_per_group: int = ROWS_PER_GROUP) -> None:
        """Nothing is written yet.

        Args:
            folder: raw location.
            rows_per_group: rows of a row group.
        """
        self._folder = folder
        self._rows_per_group = rows_per_group
        self._waiting: dict[Path, list[pa.Table]] = {}
        self._writers: dict[Path, Any] = {}

    def __enter__(self) -> Writer:
        """The writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what still waits, unless something failed, and close all files."""
        try:
            if kind is None:
                for path in list(self._waiting):
                    self._flush(path, everything=True)
        finally:
            for writer in self._writers.values():
                writer.close()

    def add(self, table: str, rows: pa.Table, parts: Ints) -> None:
        """Add rows of a table, each to the part of its delivery.

        A table without any row gets a file without rows: nothing happened, but it was delivered.
        """
        import pyarrow as pa

        if not len(parts):
            self.add_to(table, "part-0001", rows)
            return
        if np.any(parts[1:] < parts[:-1]):
            order = np.argsort(parts, kind="stable")
            rows, parts = rows.take(pa.array(order)), parts[order]
        first = np.flatnonzero(np.concatenate(([True], parts[1:] != parts[:-1])))
        for start, stop in zip(first, [*first[1:], len(parts)], strict=True):
            name = f"part-{parts[start]:04d}"
            self.add_to(table, name, rows.slice(int(start), int(stop - start)))

    def add_to(self, table: str, name: str, rows: pa.Table) -> None:
        """Add rows to a file of a table."""
        path = self._folder / table.replace(".", "/") / f"{name}.parquet"
        waiting = self._waiting.setdefault(path, [])
        waiting.append(rows)
        if sum(one.num_rows for one in waiting) >= self._rows_per_group:
            self._flush(path)

    def _flush(self, path: Path, *, everything: bool = False) -> None:
        import pyarrow as pa

        if not self._waiting[path]:
            return
        rows = pa.concat_tables(self._waiting[path]).combine_chunks()
        size = self._rows_per_group
        stop = rows.num_rows if everything else rows.num_rows - rows.num_rows % size
        writer = self._open(path, rows.schema)
        for start in range(0, stop, size):
            group = rows.slice(start, min(size, stop - start))
            writer.write_table(group, row_group_size=size)
        # A slice would keep the whole alive.
        rest = rows.slice(stop)
        self._waiting[path] = [rest.take(pa.array(np.arange(rest.num_rows)))] if len(rest) else []

    def _open(self, path: Path, schema: pa.Schema) -> Any:  # noqa: ANN401 - pyarrow has no types
        import pyarrow.parquet as pq

        if path not in self._writers:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writers[path] = pq.ParquetWriter(
                path, schema, compression="zstd", compression_level=1, store_decimal_as_integer=True
            )
        return self._writers[path]
