"""Each expectation on raw tables fails when its fault is planted, and says what to do."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from scoring.checks.raw import check_raw
from scoring.checks.report import CheckReport, CheckResult
from scoring.errors import CannotRun, ChecksFailed
from scoring.settings import Settings, read_settings

PROJECT = Path(__file__).resolve().parents[2]
EMAIL = "anna.planted@example.org"
CUSTOMERS = 200
ORDERS = 300


def make_project(folder: Path) -> Settings:
    """A project with the real contract, raw files, and a warehouse in which they landed."""
    for path in (PROJECT / "models" / "staging").glob("*/_*__sources.yml"):
        copy = folder / path.relative_to(PROJECT)
        copy.parent.mkdir(parents=True)
        shutil.copy(path, copy)
    write_csv(folder, "crm/customers.csv", CUSTOMERS)
    write_csv(folder, "sales/orders.csv", ORDERS)
    write_csv(folder, "crm/feedback.csv", 40)
    settings = read_settings({"SCORING_PROJECT": str(folder), "SCORING_RAW": "raw"})
    settings.warehouse_path.parent.mkdir()
    change(
        settings,
        "create schema monitoring",
        "create schema staging",
        "create table monitoring.mon_raw_accounting (source_name varchar, table_name varchar,"
        " is_delivered boolean, landed_row_count bigint, accepted_row_count bigint,"
        " anonymous_row_count bigint, rejected_row_count bigint,"
        " exact_duplicate_row_count bigint, superseded_row_count bigint, latest_event_date date)",
        "insert into monitoring.mon_raw_accounting values"
        " ('crm', 'customers', true, 200, 190, 0, 5, 2, 3, null),"
        " ('crm', 'feedback', true, 40, 40, 0, 0, 0, 0, '2025-06-20'),"
        " ('marketing', 'touches', false, 0, 0, 0, 0, 0, 0, null),"
        " ('sales', 'orders', true, 300, 270, 20, 10, 0, 0, '2025-06-29')",
        "create schema marts",
        "create table marts.rejected_rows as select 'sales' as source_name,"
        " 'orders' as table_name, 'O-' || i as row_key, 'amount' as column_name,"
        " 'not_a_decimal' as reason from range(9) as t(i)",
        "create table staging.base_crm__customers as select 'C' || i as customer_id,"
        f" case when i % 4 > 0 then 'person' || i || '@example.org' end as email,"
        f" null::varchar as _reason from range({CUSTOMERS}) as t(i)",
    )
    return settings


def write_csv(folder: Path, name: str, row_count: int) -> None:
    path = folder / "raw" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("key,value\n" + "".join(f"{i},x\n" for i in range(row_count)))


def change(settings: Settings, *statements: str) -> None:
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        for statement in statements:
            connection.execute(statement)


def account(settings: Settings, table: str, assignments: str) -> None:
    change(
        settings,
        f"update monitoring.mon_raw_accounting set {assignments}"
        f" where source_name || '.' || table_name = '{table}'",
    )


def publish(settings: Settings, raw_row_counts: dict[str, int]) -> None:
    run = settings.published_dir / "run-1"
    run.mkdir(parents=True)
    (run / "manifest.json").write_text(json.dumps({"raw_row_counts": raw_row_counts}))
    (settings.published_dir / "current").symlink_to("run-1")


def failures(report: CheckReport) -> list[CheckResult]:
    return [result for result in report.results if not result.passed]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_project(tmp_path)


def test_a_good_delivery_passes_every_expectation(settings: Settings) -> None:
    publish(settings, {"sales.orders": 590, "crm.customers": 200})
    report = check_raw(settings)
    assert failures(report) == []
    assert report.passed
    report.raise_if_failed()
    assert len(report.results) == 10
    assert report.docs_path == settings.project_dir / "build/data_docs/raw/raw/index.html"
    assert report.docs_path.is_file()


# Table at fault, the assignments of its accounting row, words of the expectation that must fail.
FAULTS = {
    "a row without an outcome": ("sales.orders", "accepted_row_count = 269", "counted apart"),
    "a row that was not landed": (
        "sales.orders",
        "landed_row_count = 299, accepted_row_count = 269",
        "counted apart",
    ),
    "a table that was not landed": (
        "crm.feedback",
        "landed_row_count = 0, accepted_row_count = 0, is_delivered = false",
        "counted apart",
    ),
    "stale orders": ("sales.orders", "latest_event_date = '2025-05-15'", "35 days before"),
    "too many rejected": (
        "sales.orders",
        "rejected_row_count = 16, accepted_row_count = 264",
        "rows are rejected",
    ),
    "too many rejected of a small table": (
        "crm.feedback",
        "rejected_row_count = 21, accepted_row_count = 19",
        "rows are rejected",
    ),
    "hardly any customer id": (
        "sales.orders",
        "anonymous_row_count = 280, accepted_row_count = 10",
        "lack a customer id",
    ),
}


@pytest.mark.usefixtures("verdict_alone")
@pytest.mark.parametrize(("table", "assignments", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_a_planted_fault_fails_its_expectation(
    settings: Settings, table: str, assignments: str, words: str
) -> None:
    account(settings, table, assignments)
    report = check_raw(settings)
    (failure,) = failures(report)
    assert words in failure.expectation
    (key,) = failure.example_keys
    assert key.startswith(f"table {table}")
    assert failure.failed_count == 1
    assert not report.passed
    with pytest.raises(ChecksFailed) as caught:
        report.raise_if_failed()
    assert caught.value.exit_code == 1
    for part in (table, failure.expectation, failure.advice, str(report.docs_path)):
        assert part in str(caught.value)


@pytest.mark.usefixtures("verdict_alone")
def test_too_many_rejected_rows_are_named_with_column_and_reason(settings: Settings) -> None:
    account(settings, "sales.orders", "rejected_row_count = 16, accepted_row_count = 264")
    (failure,) = failures(check_raw(settings))
    (key,) = failure.example_keys
    assert "O-0 (amount: not_a_decimal)" in key
    assert "O-4 " in key
    assert "O-5 " not in key


@pytest.mark.usefixtures("verdict_alone")
def test_a_rejected_share_at_its_limit_passes(settings: Settings) -> None:
    account(settings, "sales.orders", "rejected_row_count = 15, accepted_row_count = 265")
    account(settings, "crm.feedback", "rejected_row_count = 20, accepted_row_count = 20")
    assert failures(check_raw(settings)) == []


@pytest.mark.usefixtures("verdict_alone")
def test_nobody_named_fails(settings: Settings) -> None:
    for table, landed in (("crm.customers", 200), ("sales.orders", 300), ("crm.feedback", 40)):
        outcome = f"accepted_row_count = 0, rejected_row_count = {landed}, anonymous_row_count = 0"
        account(settings, table, f"{outcome}, superseded_row_count = 0")
        account(settings, table, "exact_duplicate_row_count = 0")
    report = check_raw(settings)
    assert "at least one row names a person" in {r.expectation for r in failures(report)}
    assert not report.passed


@pytest.mark.usefixtures("verdict_alone")
def test_other_stale_tables_are_a_warning(settings: Settings) -> None:
    account(settings, "crm.feedback", "latest_event_date = '2025-05-24'")
    report = check_raw(settings)
    (failure,) = failures(report)
    assert (failure.severity, failure.example_keys) == ("warning", ("table crm.feedback",))
    assert report.passed
    report.raise_if_failed()
    assert "warning  monitoring.mon_raw_accounting" in report.text()


@pytest.mark.usefixtures("verdict_alone")
def test_planned_touches_do_not_make_the_orders_stale(settings: Settings) -> None:
    touched = "is_delivered = true, latest_event_date = '2025-12-24'"
    account(settings, "marketing.touches", touched)
    assert failures(check_raw(settings)) == []


@pytest.mark.usefixtures("verdict_alone")
@pytest.mark.parametrize(
    ("table", "last_count"), [("sales.orders", 601), ("sales.products", 50)], ids=["half", "all"]
)
def test_rows_lost_since_the_last_published_run_fail(
    settings: Settings, table: str, last_count: int
) -> None:
    absent = "('sales', 'products', false, 0, 0, 0, 0, 0, 0, null)"
    change(settings, f"insert into monitoring.mon_raw_accounting values {absent}")
    publish(settings, {table: last_count})
    (failure,) = failures(check_raw(settings))
    assert "last published run" in failure.expectation
    assert failure.example_keys == (f"table {table}",)


def test_a_manifest_that_cannot_be_read_is_named(settings: Settings) -> None:
    publish(settings, {})
    (settings.published_dir / "run-1" / "manifest.json").write_text("{")
    with pytest.raises(CannotRun, match=r"manifest\.json"):
        check_raw(settings)


@pytest.mark.usefixtures("verdict_alone")
def test_lines_of_another_shape_are_a_warning(settings: Settings) -> None:
    path = settings.raw_location / "sales" / "orders.csv"
    path.write_text(path.read_text().replace("7,x\n", "7,x,y\n", 1))
    (failure,) = failures(check_raw(settings))
    assert (failure.severity, failure.observed) == ("warning", "1 of 3 rows do not, for example 1")


def test_a_file_that_cannot_be_decoded_stops_the_check(settings: Settings) -> None:
    (settings.raw_location / "sales" / "orders.csv").write_bytes(b"a\ncaf\xe9\n")
    with pytest.raises(CannotRun, match=r"orders\.csv, line 2"):
        check_raw(settings)


def test_a_warehouse_that_is_not_built_is_named(settings: Settings) -> None:
    with pytest.raises(CannotRun, match="there is no warehouse"):
        check_raw(replace(settings, warehouse_path=settings.project_dir / "none.duckdb"))
    change(settings, "drop table monitoring.mon_raw_accounting")
    with pytest.raises(CannotRun, match=r"monitoring\.mon_raw_accounting"):
        check_raw(settings)


def test_no_e_mail_address_reaches_the_text_or_the_pages(settings: Settings) -> None:
    change(settings, f"update staging.base_crm__customers set email = '{EMAIL}' where email > 'p'")
    report = check_raw(settings)
    (failure,) = failures(report)
    assert "belong to one person alone" in failure.expectation
    assert failure.severity == "information"
    assert failure.failed_count == 150
    assert len(failure.example_keys) == 5
    assert "masked:" in failure.observed
    pages = list(report.docs_path.parent.rglob("*.html"))
    texts = [report.text(), *(page.read_text(encoding="utf-8") for page in pages)]
    assert any("masked:" in text for text in texts[1:])
    assert all("planted" not in text and "@example.org" not in text for text in texts)


def test_pages_load_nothing_and_lead_to_every_frame(settings: Settings) -> None:
    report = check_raw(settings)
    pages = list(report.docs_path.parents[1].rglob("*.html"))
    assert len(pages) >= 5
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "<link" not in text
        assert "src=" not in text
        assert "url(" not in text
    first = report.docs_path.read_text(encoding="utf-8")
    links = [part.split("'")[0] for part in first.split("href='")[1:]]
    assert len(links) == 4
    assert all((report.docs_path.parent / link).is_file() for link in links)
    to_sites = (report.docs_path.parents[1] / "index.html").read_text(encoding="utf-8")
    assert "href='raw/index.html'" in to_sites


def test_a_second_check_replaces_the_pages_of_the_first(settings: Settings) -> None:
    first = {page.name for page in check_raw(settings).docs_path.parent.rglob("*.html")}
    second = {page.name for page in check_raw(settings).docs_path.parent.rglob("*.html")}
    assert len(first) == len(second)
