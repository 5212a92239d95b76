"""The independent counter agrees with what a person would count."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from pyarrow import parquet, table

from scoring.contract import Column, Contract, Table
from scoring.errors import CannotRun
from scoring.raw_counts import (
    CsvFormat,
    Difference,
    RawCount,
    compare,
    count_raw,
    read_csv_format,
)

BOM = b"\xef\xbb\xbf"


def a_table(source: str, name: str) -> Table:
    columns = (Column("customer_id", "text", "Who."),)
    return Table(source, name, ("customer_id",), None, "customer_id", None, columns)


CONTRACT = Contract((a_table("crm", "customers"), a_table("sales", "orders")))


def write(raw: Path, name: str, content: bytes) -> Path:
    path = raw / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def orders_of(raw: Path, csv_format: CsvFormat | None = None) -> RawCount:
    return count_raw(raw, CONTRACT, csv_format)["sales", "orders"]


@pytest.mark.parametrize(
    ("content", "rows", "unreadable"),
    [
        pytest.param(b"a,b\n1,2\n3,4\n", 2, 0, id="plain"),
        pytest.param(b"a,b\n1,2\n3,4", 2, 0, id="no newline at the end"),
        pytest.param(BOM + b"a,b\n1,2\n", 1, 0, id="byte order mark"),
        pytest.param(BOM + b'"a",b\n1,2\n', 1, 0, id="byte order mark before a quote"),
        pytest.param(b'a,b\n"x\ny",2\n3,4\n', 2, 0, id="newline in quotes"),
        pytest.param(b'a,b\n"x\n\n\ny",2\n', 1, 0, id="blank lines in quotes"),
        pytest.param(b'a,b\r\n"x\r\ny",2\r\n3,4\r\n', 2, 0, id="CRLF"),
        pytest.param(b'a,b\n"He said ""no"", twice",2\n', 1, 0, id="doubled quotes and a comma"),
        pytest.param(b'a,b\n5" pipe,2\n', 1, 0, id="a quote inside a bare field"),
        pytest.param(b"a,b\n1,2\n\n\n3,4\n\n", 2, 0, id="blank lines of two columns"),
        pytest.param(b"a\n1\n\n2\n", 3, 0, id="a blank line of one column is an empty cell"),
        pytest.param(b"a\r\n1\r\n\r\n", 2, 0, id="a blank CRLF line of one column"),
        pytest.param(b"a,b\n,\n", 1, 0, id="empty cells"),
        pytest.param(b"a,b\n1\n3,4,5\n6,7\n", 3, 2, id="ragged rows count and are reported"),
        pytest.param(b"a,b\n", 0, 0, id="header only"),
        pytest.param(b"a,b", 0, 0, id="header only without newline"),
        pytest.param(b"", 0, 0, id="empty file"),
        pytest.param(b"a,b\n" + b"x" * 200_000 + b",2\n", 1, 0, id="a very long cell"),
        pytest.param("a,b\nZoé,Łukasz\n".encode(), 1, 0, id="accents"),
    ],
)
def test_csv_rows_are_counted(tmp_path: Path, content: bytes, rows: int, unreadable: int) -> None:
    write(tmp_path, "sales/orders.csv", content)
    assert orders_of(tmp_path) == RawCount(1, rows, unreadable)


def test_csv_is_counted_as_the_warehouse_reads_it(tmp_path: Path) -> None:
    content = BOM + b'a,b\r\n"x\r\n\r\ny",2\r\n\r\n"a ""b"", c",4\r\n,\r\n\r\n'
    path = write(tmp_path, "sales/orders.csv", content)
    rows = duckdb.sql(
        f"select * from read_csv('{path}', auto_detect = false, header = true, delim = ',',"
        " quote = '\"', escape = '\"', columns = {'a': 'varchar', 'b': 'varchar'})"
    ).fetchall()
    assert orders_of(tmp_path).row_count == len(rows) == 3


def test_another_delimiter_quote_and_encoding_are_followed(tmp_path: Path) -> None:
    write(tmp_path, "sales/orders.csv", "a;b\n'Zoé; x';2\n3;4\n".encode("latin-1"))
    form = CsvFormat(delimiter=";", quote="'", encoding="latin-1")
    assert orders_of(tmp_path, form) == RawCount(1, 2)


def test_csv_format_is_read_from_the_project(tmp_path: Path) -> None:
    assert read_csv_format(tmp_path) == CsvFormat()
    text = 'vars:\n  csv_format: {delimiter: ";", quote: "\'", encoding: "latin-1"}\n'
    (tmp_path / "dbt_project.yml").write_text(text, encoding="utf-8")
    assert read_csv_format(tmp_path) == CsvFormat(";", "'", "latin-1")


@pytest.mark.parametrize("form", ['{delimiter: ";;"}', '{quote: ""}', "{separator: ','}"])
def test_a_csv_format_that_cannot_be_used_is_refused(tmp_path: Path, form: str) -> None:
    (tmp_path / "dbt_project.yml").write_text(f"vars:\n  csv_format: {form}\n", encoding="utf-8")
    with pytest.raises(CannotRun, match="csv_format"):
        read_csv_format(tmp_path)


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_wrong_encoding_names_file_and_line(tmp_path: Path, suffix: str) -> None:
    content = "a\n1\nZoé\n".encode("latin-1")
    path = write(tmp_path, f"sales/orders.{suffix}", content)
    with pytest.raises(CannotRun) as caught:
        count_raw(tmp_path, CONTRACT)
    assert f"{path}, line 3" in str(caught.value)
    assert "utf-8" in str(caught.value)


def test_wrong_encoding_far_into_a_file_names_its_line(tmp_path: Path) -> None:
    content = b"a,b\n" + b"1,2\n" * 50_000 + b"caf\xe9,2\n" + b"1,2\n" * 50_000
    write(tmp_path, "sales/orders.csv", content)
    with pytest.raises(CannotRun, match="line 50002"):
        count_raw(tmp_path, CONTRACT)


def test_an_open_quote_names_file_and_line(tmp_path: Path) -> None:
    path = write(tmp_path, "sales/orders.csv", b'a,b\n1,2\n"x,2\n3,4\n')
    with pytest.raises(CannotRun, match="not a well-formed CSV") as caught:
        count_raw(tmp_path, CONTRACT)
    assert str(path) in str(caught.value)


def test_an_unknown_encoding_is_named(tmp_path: Path) -> None:
    write(tmp_path, "sales/orders.csv", b"a,b\n")
    with pytest.raises(CannotRun, match="utf-99"):
        count_raw(tmp_path, CONTRACT, CsvFormat(encoding="utf-99"))


def test_json_lines_count_non_empty_lines(tmp_path: Path) -> None:
    good = json.dumps({"a": "one\ntwo\u2028three"}, ensure_ascii=False)
    content = f'{good}\n\n   \n[1, 2]\n{{"a": \n{good}'.encode()
    write(tmp_path, "sales/orders.jsonl", BOM + content)
    assert orders_of(tmp_path) == RawCount(1, 4, 2)


def test_parquet_rows_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path, "sales/orders.parquet", b"")
    parquet.write_table(table({"a": list(range(7))}), path, row_group_size=3)
    assert orders_of(tmp_path) == RawCount(1, 7)


def test_a_broken_parquet_file_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "sales/orders.parquet", b"no parquet at all")
    with pytest.raises(CannotRun, match="not a Parquet file") as caught:
        count_raw(tmp_path, CONTRACT)
    assert str(path) in str(caught.value)


def test_files_beside_and_below_are_found_and_others_are_not(tmp_path: Path) -> None:
    row = b"a,b\n1,2\n"
    counted = [
        "sales/orders.csv",
        "sales/orders/2025-01.csv",
        "sales/orders/year=2025/month=02/part.csv",
        "sales/orders/year=2025/UPPER.CSV",
    ]
    ignored = [
        "sales/orders_old.csv",
        "sales/orders.old.csv",
        "sales/orders/notes.txt",
        "orders.csv",
    ]
    for name in counted + ignored:
        write(tmp_path, name, row)
    write(tmp_path, "sales/orders/2025-03.jsonl", b"{}\n{}\n")
    assert orders_of(tmp_path) == RawCount(5, 6)


def test_an_absent_table_has_no_file_and_a_missing_location_is_refused(tmp_path: Path) -> None:
    assert set(count_raw(tmp_path, CONTRACT).values()) == {RawCount()}
    for missing in ("nowhere", "nowhere.duckdb"):
        with pytest.raises(CannotRun, match="SCORING_RAW"):
            count_raw(tmp_path / missing, CONTRACT)


def test_tables_of_a_database_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "raw.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema sales")
        connection.execute("create table sales.orders as select * from range(11)")
    counts = count_raw(path, CONTRACT)
    assert counts == {("crm", "customers"): RawCount(), ("sales", "orders"): RawCount(1, 11)}


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "raw.duckdb", b"x" * 5000)
    with pytest.raises(CannotRun, match="cannot be read") as caught:
        count_raw(path, CONTRACT)
    assert str(path) in str(caught.value)


def accounting(source: str, table: str, landed: int, **outcomes: int) -> dict[str, object]:
    names = ("accepted", "anonymous", "rejected", "exact_duplicate", "superseded")
    counts = {f"{name}_row_count": outcomes.get(name, 0) for name in names}
    return {"source_name": source, "table_name": table, "landed_row_count": landed} | counts


def test_a_table_that_adds_up_is_no_difference() -> None:
    outcomes = {"accepted": 5, "anonymous": 1, "rejected": 2, "exact_duplicate": 1, "superseded": 1}
    rows = [accounting("sales", "orders", 10, **outcomes)]
    assert compare({("sales", "orders"): RawCount(1, 10)}, rows) == []


@pytest.mark.parametrize(
    ("raw", "landed", "accepted"),
    [
        pytest.param(10, 10, 9, id="a row without an outcome"),
        pytest.param(10, 9, 9, id="a row that was not landed"),
        pytest.param(10, 11, 11, id="a row landed twice"),
        pytest.param(10, 10, 11, id="a row with two outcomes"),
    ],
)
def test_a_lost_or_doubled_row_is_a_difference(raw: int, landed: int, accepted: int) -> None:
    rows = [accounting("sales", "orders", landed, accepted=accepted)]
    differences = compare({("sales", "orders"): RawCount(1, raw)}, rows)
    assert differences == [Difference("sales", "orders", raw, landed, accepted)]
    assert differences[0].unexplained_row_count == 1


def test_a_table_missing_on_either_side_is_a_difference() -> None:
    counts = {("sales", "orders"): RawCount(1, 3)}
    rows = [accounting("crm", "customers", 2, accepted=2)]
    assert compare(counts, rows) == [
        Difference("crm", "customers", 0, 2, 2),
        Difference("sales", "orders", 3, 0, 0),
    ]
