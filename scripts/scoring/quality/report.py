"""`scoring quality`: the findings and the counts behind them, for a screen, a page or a program."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rich.table import Table

from scoring.errors import CannotRun
from scoring.quality.findings import ERROR, LEVELS, Finding, Measures, judge, share
from scoring.warehouse import connect

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb
    from rich.console import Console

    from scoring.quality.findings import Row

_QUERIES = {
    "accounting": "select * from monitoring.mon_raw_accounting order by source_name, table_name",
    "profile": "select * from monitoring.mon_profile_quality order by column_name",
    "contactability": "select * from monitoring.mon_contactability order by channel",
    "duplicates": "select * from monitoring.mon_duplicates order by rule_name, outcome",
    "freshness": "select * from monitoring.mon_freshness order by sign, age",
    # One row per score: what of its card the delivered columns can feed.
    "scores": """
        with used as (
            select distinct catalogue.score_name, points.feature
            from reference.score_catalogue as catalogue
            inner join reference.score_points as points
                on catalogue.score_name = points.score_name
                and catalogue.score_version = points.score_version
            where points.feature <> '(base)'
        ),
        judged as (
            select
                used.score_name,
                used.feature,
                coalesce(available.is_available, true) as is_available,
                required.feature is not null as is_required,
                replace(features.needs, '|', ' or ') as needs
            from used
            left join intermediate.int_feature_availability as available
                on used.feature = available.feature
            left join reference.score_requirements as required
                on used.score_name = required.score_name and used.feature = required.feature
            left join reference.feature_catalogue as features on used.feature = features.feature
        ),
        summed as (
            select
                score_name,
                count(*) as feature_count,
                count(*) filter (not is_available) as missing_features,
                string_agg(feature, ', ' order by feature)
                    filter (is_required and not is_available) as missing_required,
                string_agg(distinct needs, '; ' order by needs)
                    filter (not is_available) as missing_columns
            from judged
            group by score_name
        ),
        people as (
            select score_name, count(score) as scored_count, count(*) as person_count
            from marts.customer_scores
            group by score_name
        )
        select
            catalogue.score_name,
            catalogue.is_on,
            coalesce(summed.feature_count, 0) as feature_count,
            coalesce(summed.missing_features, 0) as missing_features,
            summed.missing_required,
            summed.missing_columns,
            summed.missing_required is null as is_supported,
            coalesce(people.scored_count, 0) as scored_count,
            coalesce(people.person_count, 0) as person_count
        from reference.score_catalogue as catalogue
        left join summed on catalogue.score_name = summed.score_name
        left join people on catalogue.score_name = people.score_name
        order by catalogue.score_name
    """,
}


@dataclass(frozen=True)
class Quality:
    """The counts and what follows from them."""

    measures: Measures
    findings: tuple[Finding, ...]

    def count(self, level: str) -> int:
        """How many findings have a level."""
        return sum(finding.level == level for finding in self.findings)

    @property
    def is_usable(self) -> bool:
        """Whether nothing is wrong that forbids trusting a score."""
        return not self.count(ERROR)


def read_quality(warehouse_path: Path) -> Quality:
    """Read the counts of a built warehouse and judge them.

    Raises:
        CannotRun: the warehouse is missing, not built, or somebody writes it.
    """
    import duckdb

    if not warehouse_path.is_file():
        raise CannotRun(f"there is no warehouse at {warehouse_path}: start with `scoring run`")
    try:
        with connect(warehouse_path, read_only=True) as connection:
            rows = {name: _rows(connection, query) for name, query in _QUERIES.items()}
    except duckdb.CatalogException as error:
        raise CannotRun(
            f"the warehouse {warehouse_path} lacks what quality is counted in: build it with"
            " `scoring run`"
        ) from error
    except duckdb.IOException as error:
        raise CannotRun(f"the warehouse {warehouse_path} cannot be read: {error}") from error
    measures = Measures(**rows)
    return Quality(measures, tuple(judge(measures)))


def as_json(quality: Quality) -> str:
    """Findings and counts as JSON."""
    document = {
        "is_usable": quality.is_usable,
        "findings": [asdict(finding) for finding in quality.findings],
        "measures": asdict(quality.measures),
    }
    return json.dumps(document, indent=2, default=str) + "\n"


def as_markdown(quality: Quality) -> str:
    """Findings and counts as a page."""
    lines = ["# Quality of the inputs", "", _verdict(quality), ""]
    for title, header, rows in _tables(quality):
        lines += [f"## {title}", "", "| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
        lines += [
            "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows
        ]
        lines.append("")
    return "\n".join(lines)


def print_quality(quality: Quality, console: Console) -> None:
    """Findings and counts on a console."""
    for title, header, rows in _tables(quality):
        table = Table(*header, title=title, title_justify="left")
        for row in rows:
            table.add_row(*row)
        console.print(table)
    console.print(_verdict(quality))


def _verdict(quality: Quality) -> str:
    counts = ", ".join(f"{quality.count(level)} {level}" for level in LEVELS)
    word = "can be used" if quality.is_usable else "should not be trusted yet"
    return f"The inputs {word}: {counts}."


def _tables(quality: Quality) -> list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    measures = quality.measures
    return [
        (
            "Findings",
            ("level", "subject", "what", "remedy"),
            [(f.level, f.subject, f.message, f.remedy) for f in quality.findings],
        ),
        (
            "Scores",
            ("score", "supported", "features", "absent", "people with it"),
            [
                (
                    str(row["score_name"]),
                    "yes" if row["is_supported"] else "no",
                    str(row["feature_count"]),
                    str(row["missing_features"]),
                    f"{row['scored_count']:,} of {row['person_count']:,}",
                )
                for row in measures.scores
                if row["is_on"]
            ],
        ),
        (
            "People of the CRM",
            ("column", "filled", "right where judged"),
            [
                (
                    str(row["column_name"]),
                    _percent(row["filled_count"], row["record_count"]),
                    _percent(row["valid_count"], row["judged_count"]),
                )
                for row in measures.profile
                if row["is_delivered"]
            ],
        ),
        (
            "Contactability",
            ("channel", "people", "with an address", "consent", "refuse", "contactable"),
            [_cells(row) for row in measures.contactability],
        ),
        (
            "Duplicates",
            ("rule", "outcome", "keys", "records"),
            [_cells(row) for row in measures.duplicates],
        ),
        ("Last sign of people", ("sign", "age", "people"), [_cells(r) for r in measures.freshness]),
    ]


def _cells(row: Row) -> tuple[str, ...]:
    return tuple(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row.values())


def _percent(part: object, whole: object) -> str:
    found = share(part, whole)
    return "" if found is None else f"{found:.1%}"


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    cursor = connection.execute(query)
    names = [item[0] for item in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
