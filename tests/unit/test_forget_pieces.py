"""Large raw files are read in part, and lose the same rows as if they were read whole."""

from __future__ import annotations

import io
import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from scoring.contract import read_contract
from scoring.forget import pieces as pieces_module
from scoring.forget.person import is_about
from scoring.forget.pieces import Needles, has_stray_quote, pieces
from scoring.forget.raw_files import RawFile
from scoring.forget.traces import Traces
from scoring.raw_counts import CsvFormat

if TYPE_CHECKING:
    from pathlib import Path

TRACES = Traces(
    ids=frozenset({"C7", "115"}),
    keys={"order_id": frozenset({"O,1", "O77"})},
    cells=frozenset({"zoe@example.org"}),
    names=frozenset({("Zoé", "Martin")}),
)
ROWS = [
    ("O1", "C70", "plain"),
    ("O2", "C7", "theirs"),
    ("O3", " 115 ", "theirs, trimmed"),
    ("O4", "1150", 'a "quoted" word\nand a line more'),
    ("O5", "C8", "115 in a text is no key"),
    ("O6", "C9", "plain\r\nends"),
]


def _csv() -> str:
    text = "order_id,customer_id,note\n"
    for number in range(400):
        for order, customer, note in ROWS[number % 3 :]:
            cells = [f"{order}-{number}", customer, note]
            text += ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"
    return text


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_a_part_read_loses_the_same_rows(
    tmp_path: Path, project_dir: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces_module, "PIECE_BYTES", 700)
    table = read_contract(project_dir).table("sales", "orders")
    path, target = tmp_path / f"orders{suffix}", tmp_path / "new"
    records = [
        {"order_id": f"{order}-{number}", "customer_id": customer, "note": note}
        for number in range(400)
        for order, customer, note in ROWS[number % 3 :]
    ]
    if suffix == ".csv":
        path.write_bytes(_csv().encode())
    elif suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in records), encoding="utf-8")
    else:
        import pyarrow as pa
        from pyarrow import parquet

        parquet.write_table(pa.Table.from_pylist(records), path)
    file = RawFile(path, table, CsvFormat())
    plain = Needles(TRACES.ids | {"O77"}, frozenset({"zoe@example.org"}))
    assert plain.stand_as_they_are('"/', is_ascii=True)

    gone = [row.cells["order_id"] for row in file.rows(plain) if is_about(row, table, TRACES)]
    file.write_without(partial(is_about, table=table, traces=TRACES), target, plain)

    expected = [row["order_id"] for row in records if row["customer_id"].strip() in TRACES.ids]
    assert gone == expected
    kept = RawFile(target.rename(tmp_path / f"kept{suffix}"), table, CsvFormat())
    assert [row.cells["order_id"] for row in kept.rows()] == [
        row["order_id"] for row in records if row["order_id"] not in set(expected)
    ]


def test_a_text_file_keeps_every_other_byte(
    tmp_path: Path, project_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces_module, "PIECE_BYTES", 700)
    table = read_contract(project_dir).table("sales", "orders")
    path, target = tmp_path / "orders.csv", tmp_path / "new"
    path.write_bytes(_csv().encode())
    is_gone = partial(is_about, table=table, traces=TRACES)
    needles = Needles.of(TRACES)
    assert not needles.stand_as_they_are("", is_ascii=True), "a name with an accent"

    RawFile(path, table, CsvFormat()).write_without(is_gone, target, needles)

    rows = _csv().split('"\n"')
    kept = [row for row in rows if row.split('","')[1].strip() not in TRACES.ids]
    assert len(kept) < len(rows)
    assert target.read_bytes().decode() == '"\n"'.join(kept)


def test_pieces_end_where_rows_end() -> None:
    content = _csv().encode()

    found = list(pieces(io.BytesIO(content), '"'))

    assert b"".join(found) == content
    assert all(piece.count(b'"') % 2 == 0 and piece.endswith(b"\n") for piece in found)


@pytest.mark.parametrize(
    ("text", "is_stray"),
    [('a,"b"\n"c",d\n', False), ('a,5" pipe\n', True), ('"say ""hi""",b\r\n', False)],
)
def test_a_quote_inside_a_cell_is_seen(text: str, is_stray: bool) -> None:
    assert has_stray_quote(io.BytesIO(text.encode()), '"', ",") == is_stray
