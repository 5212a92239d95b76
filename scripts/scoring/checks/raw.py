"""Checks of what was delivered, once it has landed: volume, freshness, rejections, accounting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scoring import raw_counts
from scoring.checks import queries, rules
from scoring.checks.emails import email_subjects
from scoring.checks.last_run import read_manifest
from scoring.checks.rules import Rule, Subject
from scoring.checks.thresholds import THRESHOLDS
from scoring.checks.validate import validate
from scoring.checks.warehouse import open_warehouse
from scoring.contract import read_contract

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from scoring.checks.report import CheckReport
    from scoring.checks.thresholds import Thresholds
    from scoring.checks.warehouse import Warehouse
    from scoring.contract import Contract, Table
    from scoring.raw_counts import RawCount
    from scoring.settings import Settings

ACCOUNTING = "monitoring.mon_raw_accounting"


def count_delivered(settings: Settings) -> Mapping[tuple[str, str], raw_counts.RawCount]:
    """Count the raw rows of every table with a reader that the warehouse has no part in.

    Raises:
        CannotRun: the raw data cannot be read.
    """
    contract = read_contract(settings.project_dir)
    csv_format = raw_counts.read_csv_format(settings.project_dir)
    return raw_counts.count_raw(settings.raw_location, contract, csv_format)


def check_raw(
    settings: Settings,
    thresholds: Thresholds = THRESHOLDS,
    counts: Mapping[tuple[str, str], raw_counts.RawCount] | None = None,
) -> CheckReport:
    """Check the delivered tables of a warehouse in which they have landed.

    Args:
        settings: where the raw data, the warehouse and the last published copy are.
        thresholds: limits.
        counts: what `count_delivered` found; counted here if not given.

    Returns:
        The report; nothing is raised for a failed expectation.

    Raises:
        CannotRun: the raw data or the warehouse cannot be read.
    """
    contract = read_contract(settings.project_dir)
    counts = count_delivered(settings) if counts is None else counts
    last_counts: Mapping[str, int] = read_manifest(settings).get("raw_row_counts") or {}
    with open_warehouse(settings.warehouse_path) as warehouse:
        warehouse.require("monitoring", "mon_raw_accounting")
        accounting = warehouse.rows(queries.ACCOUNTING)
        subjects = [
            _people_subject(contract, accounting),
            _tables_subject(contract, accounting, counts, last_counts, thresholds),
            _rejected_subject(warehouse, accounting, thresholds),
            *email_subjects(warehouse, thresholds),
        ]
    docs_dir = settings.project_dir / "build" / "data_docs" / settings.stem / "raw"
    return validate("the raw data", subjects, contract.pii_columns, docs_dir)


def _people_subject(contract: Contract, accounting: list[dict[str, Any]]) -> Subject:
    from pandas import DataFrame

    persons = {(table.source, table.name) for table in contract.tables if table.person}
    people_rows = sum(
        int(row["accepted_row_count"])
        for row in accounting
        if (row["source_name"], row["table_name"]) in persons
    )
    return Subject(
        ACCOUNTING,
        "the whole delivery",
        DataFrame({"people_row_count": [people_rows]}),
        (),
        (
            rules.between(
                "people_row_count",
                "at least one row names a person",
                "Deliver crm.customers or sales.orders with customer ids, or look in"
                " marts.rejected_rows for why all rows were refused.",
                minimum=1,
            ),
        ),
    )


def _tables_subject(
    contract: Contract,
    accounting: list[dict[str, Any]],
    counts: Mapping[tuple[str, str], RawCount],
    last_counts: Mapping[str, int],
    thresholds: Thresholds,
) -> Subject:
    from pandas import DataFrame

    tables = {(table.source, table.name): table for table in contract.tables}
    gaps = {
        (gap.source, gap.table): gap.unexplained_row_count
        for gap in raw_counts.compare(counts, accounting)
    }
    newest = _newest_event_date(tables, accounting)
    rows = []
    for row in accounting:
        name = (str(row["source_name"]), str(row["table_name"]))
        count = counts.get(name, raw_counts.RawCount())
        last_count = int(last_counts.get(".".join(name), 0))
        if row["is_delivered"] or count.file_count or last_count:
            measures = _measure(
                row=row,
                table=tables.get(name),
                count=count,
                last_count=last_count,
                newest=newest,
                thresholds=thresholds,
            )
            rows.append(measures | {"unexplained_row_count": gaps.pop(name, 0)})
    rows.extend(
        dict.fromkeys(_MEASURES) | {"table": ".".join(name), "unexplained_row_count": gap}
        for name, gap in gaps.items()
    )
    frame = DataFrame(rows, columns=["table", "unexplained_row_count", *_MEASURES])
    typed = frame.astype(dict.fromkeys(_MEASURES, "float64"))
    return Subject(ACCOUNTING, "raw tables", typed, ("table",), _table_rules(thresholds))


_MEASURES = (
    "share_of_last_run",
    "days_behind",
    "days_behind_other",
    "anonymous_share",
    "unreadable_row_count",
)


def _newest_event_date(
    tables: Mapping[tuple[str, str], Table], accounting: list[dict[str, Any]]
) -> date | None:
    """The latest day with an event, tables with planned events apart."""
    dates = []
    for row in accounting:
        table = tables.get((row["source_name"], row["table_name"]))
        if row["latest_event_date"] is None or table is None or table.event_at is None:
            continue
        if not table.column(table.event_at).may_be_future:
            dates.append(row["latest_event_date"])
    return max(dates, default=None)


def _measure(
    *,
    row: Mapping[str, Any],
    table: Table | None,
    count: RawCount,
    last_count: int,
    newest: date | None,
    thresholds: Thresholds,
) -> dict[str, Any]:
    """The measures of one table; those that do not apply are None."""
    name = f"{row['source_name']}.{row['table_name']}"
    landed = int(row["landed_row_count"])
    latest: date | None = row["latest_event_date"]
    behind = (newest - latest).days if newest and latest else None
    is_fresh = name in thresholds.fresh_tables
    return {
        "table": name,
        "share_of_last_run": _share(count.row_count, last_count),
        "days_behind": behind if is_fresh else None,
        "days_behind_other": None if is_fresh else behind,
        "anonymous_share": (
            _share(int(row["anonymous_row_count"]), landed) if table and table.person else None
        ),
        "unreadable_row_count": count.unreadable,
    }


def _share(part: int, whole: int) -> float | None:
    """The share to six digits, so that one at its limit is not lost to binary fractions."""
    return round(part / whole, 6) if whole else None


def _table_rules(thresholds: Thresholds) -> tuple[Rule, ...]:
    stale = (
        "Ask whoever delivers the table for its latest rows, or change the limit in"
        " scripts/scoring/checks/thresholds.py."
    )
    return (
        rules.between(
            "unexplained_row_count",
            "raw rows, counted apart, equal accepted + anonymous + rejected + exact duplicate"
            " + superseded, and what was landed",
            "Rows were lost or counted twice between the files and staging: see whether the files"
            " changed while the run was reading them, then run again.",
            minimum=0,
            maximum=0,
        ),
        rules.between(
            "share_of_last_run",
            f"at least {thresholds.share_of_last_run:.0%} of the rows of the last published run",
            "See whether a delivery is missing or cut short. If the loss is meant, publish once"
            " with a lower share_of_last_run in scripts/scoring/checks/thresholds.py.",
            minimum=thresholds.share_of_last_run,
        ),
        rules.between(
            "days_behind",
            f"the latest event is at most {thresholds.days_behind} days before the newest of all",
            stale,
            maximum=thresholds.days_behind,
        ),
        rules.between(
            "days_behind_other",
            f"the latest event is at most {thresholds.days_behind} days before the newest of all"
            " (tables that may be quiet)",
            stale,
            maximum=thresholds.days_behind,
            severity="warning",
        ),
        rules.between(
            "anonymous_share",
            f"at most {thresholds.anonymous_share:.0%} of the rows lack a customer id",
            "See whether the column with the customer's key was delivered under its name.",
            maximum=thresholds.anonymous_share,
        ),
        rules.between(
            "unreadable_row_count",
            "every line of the files is a row of its table",
            "Lines have another number of fields than the header, or are no JSON object: write the"
            " file again.",
            maximum=0,
            severity="warning",
        ),
    )


def _rejected_subject(
    warehouse: Warehouse, accounting: list[dict[str, Any]], thresholds: Thresholds
) -> Subject:
    """The share of refused rows per table, some of them named."""
    from pandas import DataFrame

    warehouse.require("marts", "rejected_rows")
    examples = {
        row["table_name"]: row["examples"] for row in warehouse.rows(queries.REJECTED_EXAMPLES)
    }
    rows = []
    for row in accounting:
        name = f"{row['source_name']}.{row['table_name']}"
        landed = int(row["landed_row_count"])
        is_small = landed < thresholds.small_table_rows
        if landed:
            rows.append(
                {
                    "table": name,
                    "rows": examples.get(name, "none"),
                    "rejected_share": _share(int(row["rejected_row_count"]), landed),
                    "rejected_share_limit": (
                        thresholds.rejected_share_small if is_small else thresholds.rejected_share
                    ),
                }
            )
    columns = ["table", "rows", "rejected_share", "rejected_share_limit"]
    frame = DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], "float64"))
    share_rule = Rule(
        "ExpectColumnPairValuesAToBeGreaterThanB",
        f"at most {thresholds.rejected_share:.0%} of the rows are rejected"
        f" ({thresholds.rejected_share_small:.0%} under {thresholds.small_table_rows} rows)",
        "Read marts.rejected_rows, which has key, column and reason of each; correct the delivery.",
        {
            "column_A": "rejected_share_limit",
            "column_B": "rejected_share",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
    )
    return Subject(ACCOUNTING, "refused rows", frame, ("table", "rows"), (share_rule,))
