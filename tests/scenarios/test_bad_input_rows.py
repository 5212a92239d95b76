"""Faults of single rows: each is refused with its reason, the rest counts, no row is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from scoring.raw_counts import OUTCOMES, compare, count_raw
from tests.scenarios.conftest import Warehouse

if TYPE_CHECKING:
    from pathlib import Path

    from scoring.contract import Contract
    from tests.support.dbt import Dbt
    from tests.support.once import Once

LANDED = (
    "+mon_raw_accounting",
    "+rejected_rows",
    "+rejected_row_contents",
    "+base_contract_columns",
)

# The folder's name has what file patterns and SQL give a meaning to.
FOLDER = "Zoé's raw data [1]"

ORDERS = """order_id,customer_id,ordered_at,amount,discount_amount,note
good,c1,2025-06-01 10:00:00,10.50,,
slashed,c1,03/04/2025,1,,
dotted,c1,30.06.2025,1,,
written,c1,June 1 2025,1,,
no_such_day,c1,2026-02-30,1,,
of_1970,c1,1970-01-01,1,,
of_2099,c1,2099-01-01,1,,
offset,c1,2025-06-01T01:00:00+02:00,1,,
text_amount,c1,2025-06-01,ten,,
thousands,c1,2025-06-01,"1,000.00",,
nan,c1,2025-06-01,NaN,,
infinite,c1,2025-06-01,inf,,
negative_discount,c1,2025-06-01,1,-5,
too_large,c1,2025-06-01,2000000000,,
no_amount,c1,2025-06-01,,,
no_customer,,2025-06-01,1,,
,c1,2025-06-01,12345,,
repeated,c1,2025-06-01,7,,
repeated,c1,2025-06-01,7,,
corrected,c1,2025-06-01,7,,
"a ""quoted"", key",c1,2025-06-01,1,,
two_lines,c1,2025-06-01,1,,"first
second"
short,c1,2025-06-01
long,c1,2025-06-01,1,,,one,too many

after_the_bad_lines,c1,2025-06-01,1,,
"""
CORRECTION = "order_id,customer_id,ordered_at,amount\ncorrected,c1,2025-06-01,8\n"

LINES = """order_id,line_number,product_id,quantity,unit_price,net_amount
good,1,p1,1,-3,10.50
good,2,p1,1,3,10.50
good,1.5,p1,1,3,10.50
nowhere,1,p1,1,3,1
"""

# As another system writes it: byte order mark, Windows line ends, names in quotes, spaces and upper
# case, a column without a name, columns of its own, one of them with a comma in its name.
CUSTOMERS = (
    ',"CUSTOMER_ID", Created_At ,EMAIL,"prénom, usuel","_row_hash"\r\n'
    "0,c1,2025-01-01,zoe@example.com,Zoé,x\r\n"
    "1,c2,2025-01-01,,“Łukasz”,y\r\n"
)

_FORM = '"customer_id": "c1", "occurred_at": "2025-06-01", "interaction_type": "form"'
INTERACTIONS = f"""{{"interaction_id": "i1", {_FORM}, "line": 1}}
{{"interaction_id": "i2", {_FORM}
["i3", "c1"]

{{"interaction_id": "i5", {_FORM.replace('"c1"', "null")}, "duration_seconds": 12}}
{{"interaction_id": "i6", {_FORM}, "is_bot": {{"maybe": 1}}}}
"""

FEEDBACK = "feedback_id,customer_id,given_at,feedback_type,rating\nfrom_csv,c1,2025-06-01,nps,9\n"

# Cells as SQL: their type is what matters.
GOOD_INVOICE = {
    "customer_id": "'c1'",
    "issued_at": "date '2025-06-01'",
    "due_date": "date '2025-07-01'",
    "amount": "10",
}
INVOICES = {
    "text_time": {"invoice_id": "'text_time'", "issued_at": "'2025-06-01'"},
    "no_time": {"invoice_id": "'no_time'", "issued_at": "'soon'"},
    "int_time": {"invoice_id": "'int_time'", "issued_at": "1748736000"},
    "zoned": {"invoice_id": "'zoned'", "issued_at": "timestamptz '2025-06-01 01:00:00+02'"},
    "nan": {"invoice_id": "'nan'", "amount": "'nan'::double"},
    "int_key": {"invoice_id": "42", "customer_id": "7::bigint"},
}


def write_raw(folder: Path) -> Path:
    """The raw data of this module."""
    raw = folder / FOLDER
    texts = {
        "sales/orders/1.csv": ORDERS,
        "sales/orders/2.csv": CORRECTION,
        "sales/order_lines.csv": LINES,
        "crm/customers.csv": "\ufeff" + CUSTOMERS,
        "crm/interactions.jsonl": INTERACTIONS,
        "crm/feedback/1.csv": FEEDBACK,
        "crm/leads.jsonl": "",
        "marketing/touches.csv": "touch_id,customer_id,touched_at\n",
        "marketing/touches/README.md": "no raw data",
        "sales/order.csv": "not a table of the contract\n",
    }
    for name, text in texts.items():
        path = raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    _write_parquet(
        raw / "crm/feedback/2.parquet",
        {
            "feedback_id": "'from_parquet'",
            "customer_id": "'c1'",
            "given_at": "timestamp '2025-06-01'",
            "feedback_type": "'nps'",
            "rating": "9::double",
        },
    )
    for name, cells in INVOICES.items():
        _write_parquet(raw / f"finance/invoices/{name}.parquet", {**GOOD_INVOICE, **cells})
    return raw


def _write_parquet(path: Path, cells: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f'{value} as "{name}"' for name, value in cells.items())
    place = str(path).replace("'", "''")
    with duckdb.connect() as connection:
        connection.execute(f"copy (select {columns}) to '{place}' (format parquet)")


@pytest.fixture(scope="module")
def landed(once: Once, dbt: Dbt) -> Warehouse:
    def make(folder: Path) -> None:
        raw = write_raw(folder)
        dbt.build(raw, folder, select=LANDED)
        # Another run on the same data must change nothing: what is judged is what it left.
        dbt.build(raw, folder, select=LANDED)

    return Warehouse(once.made("bad_rows", make))


def _judged(landed: Warehouse, table: str, key: str, value: str) -> list[tuple[Any, ...]]:
    return landed.rows(
        f"select row_status, row_reason, row_reason_column from staging.stg_{table} "
        f"where {key} = '{value}' order by row_status"
    )


@pytest.mark.parametrize(
    ("order", "reason", "column"),
    [
        ("slashed", "not_a_timestamp", "ordered_at"),
        ("dotted", "not_a_timestamp", "ordered_at"),
        ("written", "not_a_timestamp", "ordered_at"),
        ("no_such_day", "not_a_timestamp", "ordered_at"),
        ("of_1970", "out_of_range", "ordered_at"),
        ("of_2099", "later_than_delivery", "ordered_at"),
        ("text_amount", "not_a_decimal", "amount"),
        ("thousands", "not_a_decimal", "amount"),
        ("nan", "not_a_decimal", "amount"),
        ("infinite", "not_a_decimal", "amount"),
        ("too_large", "out_of_range", "amount"),
        ("no_amount", "null_in_required_column", "amount"),
        ("negative_discount", "out_of_range", "discount_amount"),
    ],
)
def test_an_order_with_a_bad_cell_is_rejected_by_name_of_the_column(
    landed: Warehouse, order: str, reason: str, column: str
) -> None:
    assert _judged(landed, "sales__orders", "order_id", order) == [("rejected", reason, column)]


@pytest.mark.parametrize(
    "order", ["good", "offset", 'a "quoted", key', "two_lines", "after_the_bad_lines"]
)
def test_a_good_order_between_bad_ones_is_accepted(landed: Warehouse, order: str) -> None:
    assert _judged(landed, "sales__orders", "order_id", order) == [("accepted", None, None)]


def test_an_order_without_a_key_is_rejected(landed: Warehouse) -> None:
    rows = landed.rows(
        "select row_status, row_reason, row_reason_column from staging.stg_sales__orders "
        "where amount = 12345"
    )
    assert rows == [("rejected", "null_in_required_column", "order_id")]


def test_an_order_without_a_customer_is_anonymous(landed: Warehouse) -> None:
    assert _judged(landed, "sales__orders", "order_id", "no_customer") == [
        ("anonymous", None, None)
    ]


def test_a_repeated_order_counts_once(landed: Warehouse) -> None:
    statuses = [row[0] for row in _judged(landed, "sales__orders", "order_id", "repeated")]
    assert statuses == ["accepted", "exact_duplicate"]


def test_the_later_file_wins_where_a_key_has_two_contents(landed: Warehouse) -> None:
    rows = landed.rows(
        "select row_status, cast(amount as integer) from staging.stg_sales__orders "
        "where order_id = 'corrected' order by row_status"
    )
    assert rows == [("accepted", 8), ("superseded", 7)]


def test_a_time_with_an_offset_is_brought_to_utc(landed: Warehouse) -> None:
    rows = landed.rows(
        "select cast(ordered_at as varchar) from staging.stg_sales__orders "
        "where order_id = 'offset'"
    )
    assert rows == [("2025-05-31 23:00:00",)]


@pytest.mark.parametrize(
    ("line", "reason", "column"),
    [
        (("good", "net_amount = 10.5 and unit_price < 0"), "out_of_range", "unit_price"),
        (("good", "line_number is null"), "not_a_integer", "line_number"),
        (("nowhere", "true"), "line_without_order", "order_id"),
    ],
)
def test_a_bad_order_line_is_rejected(
    landed: Warehouse, line: tuple[str, str], reason: str, column: str
) -> None:
    order, condition = line
    rows = landed.rows(
        "select row_status, row_reason, row_reason_column from staging.stg_sales__order_lines "
        f"where order_id = '{order}' and {condition}"
    )
    assert rows == [("rejected", reason, column)]


@pytest.mark.parametrize(
    ("file", "row_number", "line"),
    [
        ("sales/orders/1.csv", 24, "short,c1,2025-06-01"),
        ("sales/orders/1.csv", 25, "long,c1,2025-06-01,1,,,one,too many"),
        ("crm/interactions.jsonl", None, INTERACTIONS.splitlines()[1]),
        ("crm/interactions.jsonl", None, '["i3", "c1"]'),
    ],
)
def test_a_line_that_is_no_row_is_rejected_with_its_text(
    landed: Warehouse, file: str, row_number: int | None, line: str
) -> None:
    rows = landed.rows(
        "select row_json, row_count from restricted.rejected_row_contents "
        f"where reason = 'not_a_row' and file_name = '{file}' and column_name = '(row)'"
    )
    found = [(json.loads(text).get("row_number"), json.loads(text)["line"], n) for text, n in rows]
    assert (row_number, line, 1) in found


def test_no_other_line_is_taken_for_no_row(landed: Warehouse) -> None:
    rows = landed.rows("select sum(row_count) from marts.rejected_rows where reason = 'not_a_row'")
    assert rows == [(4,)]


@pytest.mark.parametrize(
    ("interaction", "judged"),
    [
        ("i1", ("accepted", None, None)),
        ("i5", ("anonymous", None, None)),
        ("i6", ("rejected", "not_a_boolean", "is_bot")),
    ],
)
def test_a_json_object_is_judged_by_its_keys(
    landed: Warehouse, interaction: str, judged: tuple[str | None, ...]
) -> None:
    assert _judged(landed, "crm__interactions", "interaction_id", interaction) == [judged]


def test_a_header_in_quotes_spaces_and_upper_case_is_understood(landed: Warehouse) -> None:
    rows = landed.rows(
        "select customer_id, cast(created_date as varchar), email, row_status "
        "from staging.stg_crm__customers order by customer_id"
    )
    assert rows == [
        ("c1", "2025-01-01", "zoe@example.com", "accepted"),
        ("c2", "2025-01-01", None, "accepted"),
    ]


def test_files_of_several_formats_make_one_table(landed: Warehouse) -> None:
    rows = landed.rows(
        "select feedback_id, cast(rating as integer), row_status "
        "from staging.stg_crm__feedback order by 1"
    )
    assert rows == [("from_csv", 9, "accepted"), ("from_parquet", 9, "accepted")]


@pytest.mark.parametrize(
    ("invoice", "judged"),
    [
        ("text_time", ("accepted", None, None)),
        ("zoned", ("accepted", None, None)),
        ("42", ("accepted", None, None)),
        ("no_time", ("rejected", "not_a_timestamp", "issued_at")),
        ("int_time", ("rejected", "not_a_timestamp", "issued_at")),
        ("nan", ("rejected", "not_a_decimal", "amount")),
    ],
)
def test_parquet_of_another_type_is_cast_or_rejected(
    landed: Warehouse, invoice: str, judged: tuple[str | None, ...]
) -> None:
    assert _judged(landed, "finance__invoices", "invoice_id", invoice) == [judged]


def test_a_header_only_or_an_empty_file_of_json_lines_says_that_nothing_happened(
    landed: Warehouse,
) -> None:
    rows = landed.rows(
        "select table_name, is_delivered, landed_row_count from monitoring.mon_raw_accounting "
        "where table_name in ('touches', 'leads') order by 1"
    )
    assert rows == [("leads", True, 0), ("touches", True, 0)]
    delivered = landed.rows(
        "select table_name from staging.base_contract_columns "
        "where is_delivered and table_name in ('touches', 'leads') and column_name = 'customer_id'"
    )
    assert sorted(delivered) == [("leads",), ("touches",)]


def test_a_table_without_a_file_is_absent(landed: Warehouse) -> None:
    rows = landed.rows(
        "select is_delivered, landed_row_count from monitoring.mon_raw_accounting "
        "where source_name = 'marketing' and table_name = 'responses'"
    )
    assert rows == [(False, 0)]


def test_no_row_is_lost(landed: Warehouse, contract: Contract) -> None:
    accounting = landed.dicts("select * from monitoring.mon_raw_accounting")
    counts = count_raw(landed.folder / FOLDER, contract)
    assert compare(counts, accounting) == []
    orders = next(row for row in accounting if row["table_name"] == "orders")
    assert {outcome: orders[f"{outcome}_row_count"] for outcome in OUTCOMES} == {
        "accepted": 7,
        "anonymous": 1,
        "rejected": 16,
        "exact_duplicate": 1,
        "superseded": 1,
    }
