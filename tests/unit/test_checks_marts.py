"""Each expectation on the marts fails when its fault is planted, and names who is concerned."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from scoring.checks.marts import check_marts
from scoring.checks.report import CheckReport, CheckResult
from scoring.errors import CannotRun, ChecksFailed
from scoring.settings import Settings, read_settings

PROJECT = Path(__file__).resolve().parents[2]
EMAIL = "anna.planted@example.org"
PEOPLE = 50

# People 0 to 9 have no lapse_risk; person 0 objects to profiling and is in no score table.
MARTS = f"""
create schema marts;
create schema monitoring;

create table marts.scored_customers as
select
    'C' || i as customer_id,
    date '2025-06-30' as as_of_date,
    'run-2' as run_id,
    case when i > 0 then (i % 11)::decimal(6, 3) end as customer_value,
    case when i = 0 then 'objects_to_profiling' end as customer_value_reason_missing,
    case when i > 9 then (i % 10)::decimal(6, 3) end as lapse_risk,
    case when i <= 9 then 'never_ordered' end as lapse_risk_reason_missing,
    case when i > 0 then 5::decimal(6, 3) end as overall,
    case when i > 0 then i end as overall_rank,
    case when i > 0 then 'steady' end as segment_code
from range({PEOPLE}) as t(i);

create table marts.customer_scores as
with long as (
    select *, 'customer_value' as score_name, customer_value as score from marts.scored_customers
    union all
    select *, 'lapse_risk' as score_name, lapse_risk as score from marts.scored_customers
)
select
    customer_id,
    as_of_date,
    score_name,
    score,
    case when score = 10 then 11.25 else score end::decimal(9, 3) as score_raw,
    case when score is null then 'never_ordered' end as null_reason
from long
where customer_id <> 'C0';

create table marts.customer_segments as
select customer_id, as_of_date, segment_code
from marts.scored_customers
where segment_code is not null;

create table marts.rejected_rows as
select * from (values
    ('sales', 'orders', 'O1', 'amount', 'not_a_decimal', 'orders.csv', 2),
    ('sales', 'orders', 'O2', 'amount', 'out_of_range', 'orders.csv', 1)
) as t(source_name, table_name, row_key, column_name, reason, file_name, row_count);

create table monitoring.mon_raw_accounting as
select * from (values ('sales', 'orders', 3), ('crm', 'customers', 0))
as t(source_name, table_name, rejected_row_count);
"""


def build(path: Path, *statements: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)


def change(settings: Settings, *statements: str) -> None:
    build(settings.warehouse_path, *statements)


def publish(settings: Settings, sector: str = "commerce") -> None:
    """A published copy of the marts."""
    run = settings.published_dir / "run-1"
    build(run / "scoring.duckdb", MARTS)
    (run / "manifest.json").write_text(json.dumps({"sector": sector}))
    (settings.published_dir / "current").symlink_to("run-1")


def failures(report: CheckReport) -> list[CheckResult]:
    return [result for result in report.results if not result.passed]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for path in (PROJECT / "models" / "staging").glob("*/_*__sources.yml"):
        copy = tmp_path / path.relative_to(PROJECT)
        copy.parent.mkdir(parents=True)
        shutil.copy(path, copy)
    settings = read_settings({"SCORING_PROJECT": str(tmp_path)})
    change(settings, MARTS)
    return settings


def test_good_marts_pass_every_expectation(settings: Settings) -> None:
    publish(settings)
    report = check_marts(settings)
    assert failures(report) == []
    assert report.passed
    assert len(report.results) == 23
    assert report.docs_path == settings.project_dir / "build/data_docs/sample/marts/index.html"


# The statement that plants the fault, words of the expectation that must fail, keys to be named.
FAULTS = {
    "a person twice": (
        (
            "insert into marts.scored_customers by name (select * replace (null as overall_rank)"
            " from marts.scored_customers where customer_id = 'C12')"
        ),
        "one row per person and date",
        ["customer_id C12"],
    ),
    "a row without a person": (
        (
            "insert into marts.scored_customers by name (select * replace (null as customer_id,"
            " null as overall_rank, null as segment_code) from marts.scored_customers limit 1)"
        ),
        "every row names a person",
        ["customer_id empty"],
    ),
    "two dates": (
        "update marts.scored_customers set as_of_date = '2025-06-29' where customer_id = 'C0'",
        "all rows are of one date",
        [],
    ),
    "no date": (
        "update marts.scored_customers set as_of_date = null where customer_id = 'C0'",
        "as_of_date is never empty",
        ["customer_id C0"],
    ),
    "two runs": (
        "update marts.scored_customers set run_id = 'run-1' where customer_id = 'C7'",
        "all rows are of one run",
        [],
    ),
    "no run": (
        "update marts.scored_customers set run_id = null where customer_id = 'C7'",
        "run_id is never empty",
        ["customer_id C7"],
    ),
    "a rank twice": (
        "update marts.scored_customers set overall_rank = 4 where customer_id = 'C3'",
        "no two people have one rank",
        ["customer_id C3", "customer_id C4"],
    ),
    "a score above ten": (
        "update marts.scored_customers set lapse_risk = 10.001 where customer_id = 'C13'",
        "lapse_risk is between 0 and 10",
        ["customer_id C13"],
    ),
    "a score below zero": (
        "update marts.scored_customers set overall = -0.001 where customer_id = 'C13'",
        "overall is between 0 and 10",
        ["customer_id C13"],
    ),
    "no score and no reason": (
        "update marts.scored_customers set lapse_risk = null where customer_id = 'C14'",
        "whoever has no lapse_risk has the reason for it",
        ["customer_id C14"],
    ),
    "a score and a reason": (
        (
            "update marts.scored_customers set lapse_risk_reason_missing = 'x'"
            " where customer_id = 'C15'"
        ),
        "whoever has a lapse_risk has no reason for lacking it",
        ["customer_id C15"],
    ),
    "a score twice": (
        (
            "insert into marts.customer_scores select * from marts.customer_scores"
            " where customer_id = 'C16' and score_name = 'lapse_risk'"
        ),
        "one row per person, date and score",
        ["customer_id C16 score_name lapse_risk"],
    ),
    "a score that is not its raw value": (
        (
            "update marts.customer_scores set score = 5.001"
            " where customer_id = 'C16' and score_name = 'customer_value'"
        ),
        "score is score_raw held between 0 and 10",
        ["customer_id C16 score_name customer_value"],
    ),
    "a raw value that is not clamped": (
        (
            "update marts.customer_scores set score_raw = -3"
            " where customer_id = 'C17' and score_name = 'customer_value'"
        ),
        "score is score_raw held between 0 and 10",
        ["customer_id C17 score_name customer_value"],
    ),
    "a null score without a reason": (
        (
            "update marts.customer_scores set score = null"
            " where customer_id = 'C18' and score_name = 'lapse_risk'"
        ),
        "score is score_raw held between 0 and 10",
        ["customer_id C18 score_name lapse_risk"],
    ),
    "scores of a stranger": (
        "insert into marts.customer_scores values ('X1', '2025-06-30', 'lapse_risk', 5, 5, null)",
        "everyone in it is in scored_customers",
        ["customer_id X1 score_name lapse_risk"],
    ),
    "two segments": (
        (
            "insert into marts.customer_segments select * from marts.customer_segments"
            " where customer_id = 'C19'"
        ),
        "one row per person who has a segment",
        ["customer_id C19"],
    ),
    "no segment": (
        "delete from marts.customer_segments where customer_id = 'C20'",
        "one row per person who has a segment",
        ["customer_id C20"],
    ),
    "the segment of a stranger": (
        "insert into marts.customer_segments values ('X1', '2025-06-30', 'steady')",
        "everyone in it is in scored_customers",
        ["customer_id X1"],
    ),
    "a rejected row that is not listed": (
        "delete from marts.rejected_rows where row_key = 'O2'",
        "as many rows are listed",
        ["table sales.orders"],
    ),
    "a listed row that was not rejected": (
        (
            "insert into marts.rejected_rows values"
            " ('crm', 'leads', 'L1', 'amount', 'out_of_range', 'leads.csv', 1)"
        ),
        "as many rows are listed",
        ["table crm.leads"],
    ),
    "a published identifier": (
        "alter table marts.customer_segments add column birth_date date",
        "no published column identifies people directly",
        ["table marts.customer_segments column_name birth_date"],
    ),
}


@pytest.mark.usefixtures("verdict_alone")
@pytest.mark.parametrize(("statement", "words", "keys"), FAULTS.values(), ids=FAULTS.keys())
def test_a_planted_fault_fails_its_expectation(
    settings: Settings, statement: str, words: str, keys: list[str]
) -> None:
    change(settings, statement)
    report = check_marts(settings)
    named = [result for result in failures(report) if words in result.expectation]
    assert named
    assert list(named[0].example_keys) == keys
    assert named[0].severity == "error"
    with pytest.raises(ChecksFailed) as caught:
        report.raise_if_failed()
    for part in (named[0].expectation, named[0].advice, *keys):
        assert part in str(caught.value)


@pytest.mark.usefixtures("verdict_alone")
def test_nobody_scored_fails(settings: Settings) -> None:
    for table in ("scored_customers", "customer_scores", "customer_segments"):
        change(settings, f"delete from marts.{table}")
    failed = {result.expectation for result in failures(check_marts(settings))}
    assert "somebody is scored" in failed


@pytest.mark.usefixtures("verdict_alone")
def test_at_most_five_keys_are_named_and_all_failing_rows_counted(settings: Settings) -> None:
    change(settings, "update marts.scored_customers set lapse_risk = 11 where lapse_risk >= 0")
    (failure,) = failures(check_marts(settings))
    assert failure.failed_count == PEOPLE - 10
    assert len(set(failure.example_keys)) == 5
    assert failure.observed == "40 of 50 rows do not, for example 11"


LOST = (
    "update marts.scored_customers set lapse_risk = null, lapse_risk_reason_missing = 'x'"
    " where customer_id in ('C11', 'C12', 'C13', 'C14', 'C15')"
)


@pytest.mark.usefixtures("verdict_alone")
def test_a_score_that_is_switched_off_is_no_loss(settings: Settings) -> None:
    publish(settings)
    change(
        settings,
        "update marts.scored_customers set lapse_risk = null,"
        " lapse_risk_reason_missing = 'not in sector'",
    )
    change(settings, "delete from marts.customer_scores where score_name = 'lapse_risk'")
    failed = [failure.expectation for failure in failures(check_marts(settings))]
    assert not any("of the last published run" in expectation for expectation in failed)


@pytest.mark.usefixtures("verdict_alone")
def test_fewer_people_scored_than_in_the_last_published_run_fails(settings: Settings) -> None:
    publish(settings)
    change(settings, LOST)
    (failure,) = failures(check_marts(settings))
    assert "at least 90% of the last published run" in failure.expectation
    assert failure.example_keys == ("score lapse_risk",)
    assert "0.875" in failure.observed


@pytest.mark.usefixtures("verdict_alone")
def test_nine_in_ten_of_the_last_published_run_pass(settings: Settings) -> None:
    publish(settings)
    change(settings, LOST.replace(", 'C15'", ""))
    assert failures(check_marts(settings)) == []


@pytest.mark.usefixtures("verdict_alone")
def test_a_score_that_is_gone_since_the_last_published_run_fails(settings: Settings) -> None:
    publish(settings)
    drop = "alter table marts.scored_customers drop column lapse_risk"
    change(settings, drop)
    failed = [result.example_keys for result in failures(check_marts(settings))]
    assert ("score lapse_risk",) in failed


@pytest.mark.usefixtures("verdict_alone")
def test_a_run_of_another_sector_is_not_compared_with(settings: Settings) -> None:
    publish(settings, "banking")
    change(settings, LOST)
    assert failures(check_marts(settings)) == []


def test_no_e_mail_address_reaches_the_text_or_the_pages(settings: Settings) -> None:
    change(
        settings,
        "alter table marts.scored_customers add column email varchar",
        f"update marts.scored_customers set email = '{EMAIL}', lapse_risk = 12, overall_rank = 1",
    )
    report = check_marts(settings)
    failed = {result.expectation for result in failures(report)}
    assert "no published column identifies people directly" in failed
    assert "lapse_risk is between 0 and 10" in failed
    pages = list(report.docs_path.parent.rglob("*.html"))
    assert len(pages) > 5
    for text in [report.text(), *(page.read_text(encoding="utf-8") for page in pages)]:
        assert "planted" not in text
        assert "@example.org" not in text


def test_markup_in_a_key_is_shown_as_text(settings: Settings) -> None:
    change(
        settings,
        "update marts.scored_customers set customer_id = '<b id=x>C1</b>', lapse_risk = 12"
        " where customer_id = 'C1'",
    )
    report = check_marts(settings)
    assert "customer_id <b id=x>C1</b>" in report.text()
    for page in report.docs_path.parent.rglob("*.html"):
        assert "<b id=x>" not in page.read_text(encoding="utf-8")


def test_marts_that_are_not_built_are_named(settings: Settings) -> None:
    with pytest.raises(CannotRun, match="there is no warehouse"):
        check_marts(replace(settings, warehouse_path=settings.project_dir / "none.duckdb"))
    change(settings, "drop table marts.customer_segments")
    with pytest.raises(CannotRun, match=r"marts\.customer_segments"):
        check_marts(settings)


def test_a_column_that_is_missing_is_named(settings: Settings) -> None:
    change(settings, "alter table marts.scored_customers drop column overall_rank")
    with pytest.raises(CannotRun, match="overall_rank"):
        check_marts(settings)


def test_a_published_copy_that_cannot_be_read_is_named(settings: Settings) -> None:
    publish(settings)
    (settings.published_dir / "run-1" / "scoring.duckdb").unlink()
    with pytest.raises(CannotRun, match=r"scoring\.duckdb"):
        check_marts(settings)
