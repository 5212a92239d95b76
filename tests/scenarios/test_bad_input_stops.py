"""Faults of whole files: the run stops with a message that names file, cause and remedy."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.scenarios.conftest import Warehouse
from tests.support.dbt import WAREHOUSE_NAME, BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.scenarios.conftest import CommandLine
    from tests.support.dbt import Dbt
    from tests.support.once import Once

HEADER = "order_id,customer_id,ordered_at,amount\n"
ROW = "1,c1,2025-06-01,3\n"
WHEN = '"customer_id": "c1", "occurred_at": "2025-06-01", "given_at": "2025-06-01"'
FEEDBACK = f'{{"feedback_id": "é", {WHEN}, "feedback_type": "nps"}}\n'
INTERACTION = f'{{"interaction_id": "1", {WHEN}, "interaction_type": "form"}}\n'
LONG_INTERACTION = INTERACTION.replace("form", "y" * 2_100_000)

REFUSED: Mapping[str, bytes] = {
    "sales/orders/good.csv": (HEADER + ROW).encode(),
    "sales/orders/empty.csv": b"",
    "sales/orders/blank.csv": b"\n\n",
    "sales/orders/semicolons.csv": (HEADER + ROW).replace(",", ";").encode(),
    "sales/orders/latin_header.csv": (
        HEADER.replace("\n", ",prénom\n").encode("latin-1") + b"1,c1,2025-06-01,3,Zoe\n" * 3000
    ),
    "sales/orders/utf16.csv": (HEADER + ROW).encode("utf-16"),
    "sales/orders/utf16_without_mark.csv": (HEADER + ROW).encode("utf-16-le"),
    "sales/orders/twice.csv": HEADER.replace("\n", ",Amount\n").encode(),
    "sales/orders/lacks.csv": b"order_id,customer_id,ordered_at\n1,c1,2025-06-01\n",
    "sales/orders/compressed.csv.gz": b"\x1f\x8b",
    "sales/order_lines.xlsx": b"PK",
    "sales/orders/any*.csv": HEADER.encode(),
    "sales/order.csv": HEADER.encode(),
    "crm/feedback.jsonl": b'{"feedback_id": "1", "Feedback_id": "2"}\n{"feedback_id": "3"}\n',
    "crm/leads.parquet": b"",
}


def _write(raw: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        path = raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return raw


def _copy(query: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to '{path}' (format parquet)")


def _keep(folder: Path, name: str, result: subprocess.CompletedProcess[str]) -> None:
    (folder / f"{name}.txt").write_text(result.stdout + result.stderr, encoding="utf-8")
    (folder / f"{name}.code").write_text(str(result.returncode), encoding="utf-8")


def _said(folder: Path, name: str) -> tuple[int, str]:
    code = (folder / f"{name}.code").read_text(encoding="utf-8")
    return int(code), (folder / f"{name}.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def refused(once: Once, command_line: CommandLine) -> Path:
    """What dbt and `scoring run` say of files that do not keep the contract as a whole."""

    def make(folder: Path) -> None:
        raw = _write(folder / "raw", REFUSED)
        _copy(
            "select {'number': 1} as customer_id, [1, 2] as household_size",
            raw / "crm" / "customers.parquet",
        )
        warehouse = folder / WAREHOUSE_NAME
        _keep(folder, "dbt", command_line.dbt("build", raw=raw, warehouse=warehouse))
        _keep(folder, "scoring", command_line.scoring(raw, folder / "run" / WAREHOUSE_NAME))

    return once.made("refused", make)


MESSAGES = {
    "empty": (
        "sales.orders: the file sales/orders/empty.csv is empty, it lacks even a header. "
        "Deliver a header, or remove the file."
    ),
    "blank": "sales.orders: the file sales/orders/blank.csv is empty",
    "semicolons": (
        "sales.orders: the required columns order_id, customer_id, ordered_at, amount are missing "
        "in sales/orders/semicolons.csv, which has: order_id;customer_id;ordered_at;amount. "
        "Is the delimiter not ','? The var csv_format states it."
    ),
    "latin_1": (
        "sales.orders: sales/orders/latin_header.csv, row 1 (the header is row 1) is not utf-8 "
        "text. Save the file as utf-8, or state its encoding in the var csv_format."
    ),
    "utf_16": "sales.orders: sales/orders/utf16.csv, row 1 (the header is row 1) is not utf-8",
    "utf_16_without_mark": (
        "sales.orders: sales/orders/utf16_without_mark.csv, row 1 (the header is row 1) is not "
        "utf-8 text."
    ),
    "column_twice": "sales.orders: sales/orders/twice.csv has the column amount 2 times. Keep one.",
    "column_missing": (
        "sales.orders: the required column amount is missing in sales/orders/lacks.csv, "
        "which has: order_id, customer_id, ordered_at."
    ),
    "compressed": (
        "sales.orders: sales/orders/compressed.csv.gz cannot be read. "
        "Deliver .csv, .parquet or .jsonl, not compressed, or remove the file."
    ),
    "spreadsheet": "sales.order_lines: sales/order_lines.xlsx cannot be read.",
    "pattern": "sales.orders: sales/orders/any*.csv has a * or ? in its name",
    "key_twice": "crm.feedback: crm/feedback.jsonl has the column feedback_id 2 times.",
    "empty_parquet": "crm.leads: the file crm/leads.parquet is empty",
    "struct": (
        "crm.customers: the column customer_id of crm/customers.parquet is of type "
        "STRUCT(number INTEGER), where the contract has the type text. "
        "Deliver one plain value per row."
    ),
    "list": "the column household_size of crm/customers.parquet is of type INTEGER[]",
}


@pytest.mark.parametrize("command", ["dbt", "scoring"])
@pytest.mark.parametrize("fault", MESSAGES)
def test_a_file_that_breaks_the_contract_is_named_with_the_remedy(
    refused: Path, command: str, fault: str
) -> None:
    assert MESSAGES[fault] in _said(refused, command)[1]


@pytest.mark.parametrize("command", ["dbt", "scoring"])
def test_refused_files_end_the_command_in_plain_words(refused: Path, command: str) -> None:
    code, text = _said(refused, command)
    assert code == 2
    assert "Traceback" not in text
    assert text.count("The raw data do not keep the contract") == 1
    assert "sales/orders/good.csv" not in text


def test_nothing_is_built_from_refused_files(refused: Path) -> None:
    warehouse = Warehouse(refused)
    assert warehouse.rows("select table_name from duckdb_tables()") == []
    assert "START" not in _said(refused, "dbt")[1]


def test_a_file_that_belongs_to_no_table_is_said_not_to_be_read(refused: Path) -> None:
    said = "Not read, since the contract has no such table: sales/order.csv."
    assert said in _said(refused, "dbt")[1]


BROKEN: Mapping[str, bytes] = {
    "crm/customers.csv": "customer_id,first_name\n1,Ann\n2,Zoé\n".encode("latin-1"),
    "crm/feedback.jsonl": FEEDBACK.encode("latin-1"),
    "crm/interactions.jsonl": (LONG_INTERACTION + INTERACTION).encode(),
    "sales/orders.csv": (HEADER + ROW + '2,"c1,2025-06-01,3\n' + ROW).encode(),
    "sales/order_lines.csv": b"order_id,line_number,net_amount\r\n1,1,2\n1,2,2\r\n",
}


@pytest.fixture(scope="module")
def broken(once: Once, command_line: CommandLine) -> Path:
    """What dbt says of files whose fault shows only when their rows are read."""

    def make(folder: Path) -> None:
        raw = _write(folder / "raw", BROKEN)
        products = raw / "sales" / "products.parquet"
        _copy(
            "select 'p' || i as product_id, md5(i::varchar) as category from range(9000) t(i)",
            products,
        )
        content = bytearray(products.read_bytes())
        content[5000:9000] = b"\xff" * 4000
        products.write_bytes(content)
        warehouse = folder / WAREHOUSE_NAME
        _keep(folder, "dbt", command_line.dbt("build", raw=raw, warehouse=warehouse))

    return once.made("broken", make)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("crm/customers.csv, row 3", "is not utf-8 text. Save the file as utf-8"),
        ("crm/feedback.jsonl, row 1", "is not utf-8 text. Save the file as utf-8"),
        ("crm/interactions.jsonl, row 1", "is longer than 2 MB"),
        ("sales/orders.csv, row 3", "has a quote that is not closed"),
        ("sales/products.parquet", "Failed to read file"),
    ],
)
def test_a_file_that_breaks_off_is_named_with_its_row(
    broken: Path, place: str, message: str
) -> None:
    said = [line for line in _said(broken, "dbt")[1].splitlines() if message in line]
    assert [line for line in said if place in line] != [], said


def test_a_file_with_two_kinds_of_line_ends_is_named(
    broken: Path, command_line: CommandLine
) -> None:
    code, text = _said(broken, "dbt")
    assert code == 1
    assert f"file = {command_line.raw}/sales/order_lines.csv" in text


def test_broken_files_end_dbt_in_plain_words_and_nothing_is_scored(broken: Path) -> None:
    code, text = _said(broken, "dbt")
    assert code == 1
    assert "Traceback" not in text
    warehouse = Warehouse(broken)
    assert (
        warehouse.rows("select table_name from duckdb_tables() where schema_name = 'marts'") == []
    )
    landed = warehouse.rows("select table_name from duckdb_tables() where table_name like 'base%'")
    assert not {("base_crm__customers",), ("base_sales__orders",)} & set(landed)


def test_the_stated_format_of_csv_files_is_the_remedy(tmp_path: Path, dbt: Dbt) -> None:
    customers = 'customer_id;first_name\n1;Zoé\n2;"Müller; ""Max"""\n'
    raw = _write(tmp_path / "raw", {"crm/customers.csv": customers.encode("latin-1")})
    form = {"delimiter": ";", "quote": '"', "encoding": "latin-1"}
    selected = ["base_deliveries", "base_crm__customers"]
    dbt.build(raw, tmp_path, select=selected, variables={"csv_format": form})
    rows = Warehouse(tmp_path).rows("select first_name from staging.base_crm__customers order by 1")
    assert rows == [('Müller; "Max"',), ("Zoé",)]


@pytest.mark.parametrize("name", ["nowhere", "a_file.csv", "empty_folder"])
def test_a_location_without_raw_data_is_named(tmp_path: Path, dbt: Dbt, name: str) -> None:
    (tmp_path / "a_file.csv").write_text(HEADER, encoding="utf-8")
    (tmp_path / "empty_folder").mkdir()
    with pytest.raises(BuildError) as failure:
        dbt.build(tmp_path / name, tmp_path / "warehouse")
    said = f"no table that names people lies in {tmp_path / name}. Bring at least crm/customers or"
    assert said in str(failure.value)


def test_a_database_that_is_not_there_is_named(tmp_path: Path, dbt: Dbt) -> None:
    with pytest.raises(BuildError) as failure:
        dbt.build(tmp_path / "nowhere.duckdb", tmp_path / "warehouse")
    assert f"There is no database {tmp_path / 'nowhere.duckdb'}. Set SCORING_RAW" in str(
        failure.value
    )


def test_a_parquet_file_that_is_none_is_named_with_the_remedy(tmp_path: Path, dbt: Dbt) -> None:
    raw = _write(tmp_path / "raw", {"crm/customers.parquet": b"no Parquet file at all"})
    with pytest.raises(BuildError) as failure:
        dbt.build(raw, tmp_path / "warehouse")
    said = str(failure.value)
    assert f"No magic bytes found at end of file '{raw}/crm/customers.parquet'" in said
    assert "Unreadable? Export the file again, or remove it." in said


def test_a_file_that_goes_away_during_the_run_is_named(tmp_path: Path, dbt: Dbt) -> None:
    files = {
        "sales/orders/1.csv": (HEADER + ROW).encode(),
        "sales/orders/2.csv": (HEADER + ROW).encode(),
    }
    raw = _write(tmp_path / "raw", files)
    dbt.build(raw, tmp_path / "warehouse", select=["base_deliveries"])
    (raw / "sales/orders/2.csv").unlink()
    with pytest.raises(BuildError) as failure:
        dbt.build(raw, tmp_path / "warehouse", select=["base_sales__orders"])
    said = "sales/orders/2.csv was there when the run began and is gone. Run again"
    assert said in str(failure.value)


def test_a_table_that_is_not_delivered_any_more_is_named(
    tmp_path: Path, dbt: Dbt, command_line: CommandLine
) -> None:
    files = {"sales/orders.csv": (HEADER + ROW).encode(), "crm/customers.csv": b"customer_id\n1\n"}
    raw = _write(tmp_path / "raw", files)
    warehouse = dbt.build(raw, tmp_path / "warehouse", select=["base_deliveries"])
    (raw / "sales" / "orders.csv").unlink()
    result = command_line.dbt("run-operation", "check_contract", raw=raw, warehouse=warehouse)
    assert result.returncode == 0
    said = "Not delivered any more, so that its rows are withdrawn: sales.orders."
    assert said in result.stdout


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, command_line: CommandLine) -> None:
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("run by root, who may read everything, and there is no setpriv")
        before = (setpriv, "--bounding-set=-dac_override,-dac_read_search")
    raw = _write(tmp_path / "raw", {"sales/orders.csv": (HEADER + ROW).encode()})
    (raw / "sales" / "orders.csv").chmod(0)
    result = command_line.dbt("build", raw=raw, warehouse=tmp_path / WAREHOUSE_NAME, before=before)
    said = result.stdout + result.stderr
    assert f'Cannot open file "{command_line.raw}/sales/orders.csv": Permission denied' in said
    assert result.returncode != 0
    assert "Traceback" not in said
    assert "START" not in said
