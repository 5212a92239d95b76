"""Checks of the marts before anything is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.checks import queries, rules
from scoring.checks.last_run import published_folder, read_manifest
from scoring.checks.rules import Rule, Subject
from scoring.checks.thresholds import THRESHOLDS
from scoring.checks.validate import validate
from scoring.checks.warehouse import open_warehouse, quoted
from scoring.contract import read_contract

if TYPE_CHECKING:
    from scoring.checks.report import CheckReport
    from scoring.checks.thresholds import Thresholds
    from scoring.checks.warehouse import Warehouse
    from scoring.settings import Settings

SCORED = "marts.scored_customers"
REASON = "_reason_missing"
_MODEL_FAULT = "This is a fault of the models, not of the data: run `dbt build` and read its tests."


def check_marts(settings: Settings, thresholds: Thresholds = THRESHOLDS) -> CheckReport:
    """Check the marts of a built warehouse.

    Args:
        settings: where the warehouse and the last published copy are.
        thresholds: limits.

    Returns:
        The report; nothing is raised for a failed expectation.

    Raises:
        CannotRun: the warehouse, or the last published copy, cannot be read.
    """
    contract = read_contract(settings.project_dir)
    with open_warehouse(settings.warehouse_path) as warehouse:
        warehouse.require(
            "marts", "scored_customers", "customer_scores", "customer_segments", "rejected_rows"
        )
        warehouse.require("monitoring", "mon_raw_accounting")
        scores = score_columns(warehouse)
        subjects = [
            _scored_customers_subject(warehouse, scores),
            _customer_scores_subject(warehouse),
            _segments_subject(warehouse),
            _rejected_rows_subject(warehouse),
            *_columns_subjects(warehouse, contract.pii_columns),
            *_last_run_subjects(warehouse, settings, thresholds),
        ]
    docs_dir = settings.project_dir / "build" / "data_docs" / settings.stem / "marts"
    return validate("the marts", subjects, contract.pii_columns, docs_dir)


def score_columns(warehouse: Warehouse) -> tuple[str, ...]:
    """The score columns of `scored_customers`: those with a `…_reason_missing`, and `overall`."""
    columns = warehouse.columns("marts", "scored_customers")
    return tuple(c for c in columns if c == "overall" or f"{c}{REASON}" in columns)


def _scored_customers_subject(warehouse: Warehouse, scores: tuple[str, ...]) -> Subject:
    present = warehouse.columns("marts", "scored_customers")
    reasons = [f"{score}{REASON}" for score in scores if f"{score}{REASON}" in present]
    columns = [
        "customer_id",
        "cast(as_of_date as varchar) as as_of_date",
        "run_id",
        "cast(overall_rank as double) as overall_rank",
        *(f"cast({quoted(score)} as double) as {quoted(score)}" for score in scores),
        *(quoted(reason) for reason in reasons),
    ]
    frame = warehouse.frame(
        f"select {', '.join(columns)} from marts.scored_customers order by customer_id, as_of_date"
    )
    return Subject(
        SCORED,
        "scored customers",
        frame,
        ("customer_id",),
        (
            Rule(
                "ExpectTableRowCountToBeBetween",
                "somebody is scored",
                "See in monitoring.mon_raw_accounting whether any row that names people was"
                " accepted.",
                {"min_value": 1},
            ),
            rules.filled("customer_id", "every row names a person", _MODEL_FAULT),
            rules.unique(
                ("customer_id", "as_of_date"), "one row per person and date", _MODEL_FAULT
            ),
            *_one_value_rules("as_of_date", "all rows are of one date"),
            *_one_value_rules("run_id", "all rows are of one run"),
            rules.unique(("overall_rank",), "no two people have one rank", _MODEL_FAULT),
            *(
                rule
                for score in scores
                for rule in _score_rules(score, has_reason=f"{score}{REASON}" in reasons)
            ),
        ),
    )


def _one_value_rules(column: str, text: str) -> list[Rule]:
    limits = {"column": column, "min_value": 1, "max_value": 1}
    return [
        rules.filled(column, f"{column} is never empty", _MODEL_FAULT),
        Rule("ExpectColumnUniqueValueCountToBeBetween", text, _MODEL_FAULT, limits),
    ]


def _score_rules(score: str, *, has_reason: bool) -> list[Rule]:
    reason = f"{score}{REASON}"
    found = [
        rules.between(
            score,
            f"{score} is between 0 and 10",
            "A score is clamped to 0 and 10: read its card in the seeds and its ledger in"
            " marts.score_contributions.",
            minimum=0,
            maximum=10,
        )
    ]
    if has_reason:
        found += [
            Rule(
                "ExpectColumnValuesToNotBeNull",
                f"whoever has no {score} has the reason for it",
                _MODEL_FAULT,
                {"column": reason},
                where_null=score,
            ),
            Rule(
                "ExpectColumnValuesToBeNull",
                f"whoever has a {score} has no reason for lacking it",
                _MODEL_FAULT,
                {"column": reason},
                where_filled=score,
            ),
        ]
    return found


def _customer_scores_subject(warehouse: Warehouse) -> Subject:
    frame = warehouse.frame(queries.CUSTOMER_SCORES)
    return Subject(
        "marts.customer_scores",
        "customer scores",
        frame,
        ("customer_id", "score_name"),
        (
            rules.unique(
                ("customer_id", "as_of_date", "score_name"),
                "one row per person, date and score",
                _MODEL_FAULT,
            ),
            rules.equal(
                "score",
                "clamped_score",
                "score is score_raw held between 0 and 10, or null with a reason",
                "Compare score and score_raw of these people with marts.score_contributions.",
            ),
            Rule(
                "ExpectColumnValuesToBeInSet",
                "everyone in it is in scored_customers",
                _MODEL_FAULT,
                {"column": "is_scored_customer", "value_set": [True]},
            ),
        ),
    )


def _segments_subject(warehouse: Warehouse) -> Subject:
    frame = warehouse.frame(queries.SEGMENTS)
    return Subject(
        "marts.customer_segments",
        "customer segments",
        frame,
        ("customer_id",),
        (
            rules.between(
                "segment_row_count",
                "one row per person who has a segment",
                _MODEL_FAULT,
                minimum=1,
                maximum=1,
            ),
            Rule(
                "ExpectColumnValuesToBeInSet",
                "everyone in it is in scored_customers",
                _MODEL_FAULT,
                {"column": "is_scored_customer", "value_set": [True]},
            ),
        ),
    )


def _rejected_rows_subject(warehouse: Warehouse) -> Subject:
    frame = warehouse.frame(queries.REJECTED_ROWS)
    return Subject(
        "marts.rejected_rows",
        "rejected rows",
        frame,
        ("table",),
        (
            rules.equal(
                "accounted_row_count",
                "listed_row_count",
                "as many rows are listed as the accounting says were rejected",
                _MODEL_FAULT,
            ),
        ),
    )


def _columns_subjects(warehouse: Warehouse, pii_columns: frozenset[str]) -> list[Subject]:
    if not pii_columns:
        return []
    frame = warehouse.frame(queries.PUBLISHED_COLUMNS)
    return [
        Subject(
            "marts",
            "columns that are published",
            frame,
            ("table", "column_name"),
            (
                Rule(
                    "ExpectColumnValuesToNotBeInSet",
                    "no published column identifies people directly",
                    "Drop the column from the mart: columns that the contract marks as pii stay in"
                    " restricted schemas.",
                    {"column": "column_name", "value_set": sorted(pii_columns)},
                ),
            ),
        )
    ]


def _last_run_subjects(
    warehouse: Warehouse, settings: Settings, thresholds: Thresholds
) -> list[Subject]:
    """The subject of shares scored then and now, where a run of the same sector was published."""
    from pandas import DataFrame

    folder = published_folder(settings)
    if folder is None or read_manifest(settings).get("sector", settings.sector) != settings.sector:
        return []
    with open_warehouse(folder / "scoring.duckdb") as published:
        last_shares = _scored_shares(published)
    shares = _scored_shares(warehouse)
    off = _switched_off(warehouse)
    rows = [
        {"score": score, "share_of_last_run": round(shares.get(score, 0.0) / last_share, 6)}
        for score, last_share in last_shares.items()
        if last_share and score not in off
    ]
    return [
        Subject(
            SCORED,
            "people scored against the last published run",
            DataFrame(rows, columns=["score", "share_of_last_run"]),
            ("score",),
            (
                rules.between(
                    "share_of_last_run",
                    f"the share of people with a score is at least"
                    f" {thresholds.scored_share_of_last_run:.0%} of the last published run's",
                    "See which table or column is no longer delivered: the reasons stand in the"
                    " columns that end in _reason_missing. If the loss is meant, publish once with"
                    " a lower scored_share_of_last_run in scripts/scoring/checks/thresholds.py.",
                    minimum=thresholds.scored_share_of_last_run,
                ),
            ),
        )
    ]


def _scored_shares(warehouse: Warehouse) -> dict[str, float]:
    """The share of people with each score; 0 where nobody is there."""
    scores = score_columns(warehouse)
    if not scores:
        return {}
    shares = ", ".join(f"count({quoted(s)}) / greatest(count(*), 1) as {quoted(s)}" for s in scores)
    row = warehouse.rows(f"select {shares} from marts.scored_customers")[0]
    return {score: float(row[score]) for score in scores}


def _switched_off(warehouse: Warehouse) -> frozenset[str]:
    """Scores that the sector does not use: nobody has them, and it is meant."""
    found = "select 1 from marts.scored_customers where {} = 'not in sector' limit 1"
    present = warehouse.columns("marts", "scored_customers")
    return frozenset(
        score
        for score in score_columns(warehouse)
        if (name := score + REASON) in present and warehouse.rows(found.format(quoted(name)))
    )
