"""A short account of a published copy, for the person who ran it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from scoring.publish import RESTRICTED_FILE, SCORING_FILE, read_manifest
from scoring.run_times import print_times, read_times
from scoring.warehouse import connect, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb
    from rich.console import Console

    Row = Sequence[object]

_BARS = "▁▂▃▄▅▆▇█"
_MISSING = "_reason_missing"
_BEST_COUNT = 5
_REJECTED_COUNT = 12
_NEXT_STEPS = (
    "Open scoring.duckdb read-only, or the Parquet files, in your BI tool: scored_customers",
    "has one row per person. Why somebody's scores are what they are: scoring explain <customer>",
    "with the same SCORING_RAW, or marts.score_contributions.",
    "Score your own tables: SCORING_RAW=<folder> scoring run; README.md says what goes in it.",
    "Change what counts: edit the points under seeds and run again.",
)
_REASON_COLUMNS = ("reason_1_en", "reason_2_en", "reason_3_en")


@dataclass(frozen=True)
class ScoreLine:
    """How one score is spread.

    Attributes:
        name: the score.
        scored_count: people who have it.
        quantiles: minimum, quartiles and maximum; empty if nobody has it.
        mean: mean, None if nobody has it.
        histogram: people per point of the scale, ten numbers.
        missing: people without it, by reason.
    """

    name: str
    scored_count: int
    quantiles: tuple[float, ...]
    mean: float | None
    histogram: tuple[int, ...]
    missing: tuple[tuple[str, int], ...]


def histogram_text(counts: Sequence[int]) -> str:
    """Counts as a row of bars: the tallest is full, an empty one is a blank."""
    tallest = max(counts, default=0)
    return "".join(
        _BARS[max(0, -(-count * len(_BARS) // tallest) - 1)] if count else " " for count in counts
    )


def score_names(columns: Sequence[str]) -> tuple[str, ...]:
    """Scores of the scored table: columns that have a companion for the reason of a null."""
    return tuple(name for name in columns if f"{name}{_MISSING}" in columns)


def read_score(connection: duckdb.DuckDBPyConnection, name: str) -> ScoreLine:
    """Read how one score is spread over the scored people."""
    score = f"cast({quoted(name)} as double)"
    numbers = connection.execute(
        f"""
        select
            count({score}),
            quantile_cont({score}, [0, 0.25, 0.5, 0.75, 1]),
            avg({score}),
            {", ".join(f"count(*) filter (least(floor({score}), 9) = {i})" for i in range(10))}
        from marts.scored_customers
        """
    ).fetchall()[0]
    missing = connection.execute(
        f"""
        select coalesce({quoted(name + _MISSING)}, 'no reason given'), count(*)
        from marts.scored_customers
        where {quoted(name)} is null
        group by 1
        order by 2 desc, 1
        """
    ).fetchall()
    return ScoreLine(
        name=name,
        scored_count=numbers[0],
        quantiles=tuple(numbers[1] or ()),
        mean=numbers[2],
        histogram=tuple(numbers[3:]),
        missing=tuple((reason, count) for reason, count in missing),
    )


def print_summary(folder: Path, console: Console) -> None:
    """Print the account of the published copy in `folder`.

    Raises:
        OSError: the folder is not a published copy.
    """
    manifest = read_manifest(folder)
    with connect(folder / SCORING_FILE, read_only=True) as connection:
        columns = [
            row[0] for row in connection.execute("describe marts.scored_customers").fetchall()
        ]
        names = score_names(columns)
        people, scored_count = _counts(connection, names)
        lines = [read_score(connection, name) for name in names]
        segments = _segments(connection)
        offers = _next_offers(connection, columns)
        best = _best(connection, columns)
        rejected = _rejected(connection)
        times = read_times(connection, str(manifest["run_id"]))
    console.print()
    console.print(
        f"[bold]{scored_count:,} of {people:,} people scored as of {manifest['as_of_date']}[/bold]"
        f"  (sector {manifest['sector']}, run {manifest['run_id']})",
        soft_wrap=True,
    )
    _print_scores(console, lines)
    _print_table(console, "Segments", ("segment", "people", "share"), segments)
    if offers:
        _print_table(console, "Next best offers", ("offer", "people", "share"), offers)
    _print_best(console, best)
    _print_rejected(console, rejected)
    print_times(console, times)
    _print_next_steps(console, folder)


def _print_scores(console: Console, lines: Sequence[ScoreLine]) -> None:
    table = Table(box=None, padding=(0, 1), title="Scores, 0 to 10", title_justify="left")
    for heading in ("score", "people", "min", "25%", "50%", "75%", "max", "mean"):
        table.add_column(heading, justify="left" if heading == "score" else "right", no_wrap=True)
    table.add_column("0 … 10", no_wrap=True)
    for line in lines:
        if line.scored_count:
            numbers = [f"{number:.1f}" for number in (*line.quantiles, line.mean or 0.0)]
            bars = histogram_text(line.histogram)
            table.add_row(line.name, f"{line.scored_count:,}", *numbers, bars)
    console.print()
    console.print(table)
    for missing, names in _by_missing(lines).items():
        text = f"  no {', '.join(names)}: {escape(missing)}"
        console.print(text, style="dim", soft_wrap=True)


def _by_missing(lines: Sequence[ScoreLine]) -> dict[str, list[str]]:
    """Scores by the reasons for which people lack them, as words."""
    names: dict[str, list[str]] = {}
    for line in lines:
        if line.missing:
            words = ", ".join(f"{count:,} {_words(reason)}" for reason, count in line.missing)
            names.setdefault(words, []).append(line.name)
    return names


def _print_table(
    console: Console, title: str, headings: Sequence[str], rows: Sequence[Row]
) -> None:
    table = Table(box=None, padding=(0, 1), title=title, title_justify="left")
    for heading in headings:
        table.add_column(
            heading, justify="right" if heading in {"people", "share", "rows"} else "left"
        )
    for row in rows:
        table.add_row(*(escape(_cell(value)) for value in row))
    console.print()
    console.print(table)


def _print_best(console: Console, rows: Sequence[Row]) -> None:
    console.print("\n[bold]Five best customers[/bold]")
    for rank, customer, overall, segment, *reasons in rows:
        score = "" if overall is None else f"  {float(str(overall)):.1f}"
        console.print(f"  {rank}. {escape(str(customer))}{score}  {escape(_cell(segment))}")
        for reason in reasons:
            if reason:
                console.print(f"       {escape(str(reason))}", style="dim", soft_wrap=True)


def _print_rejected(console: Console, rows: Sequence[Row]) -> None:
    if not rows:
        console.print("\n[bold]Rejected rows[/bold]\n  none")
        return
    shown = rows[:_REJECTED_COUNT]
    _print_table(console, "Rejected rows", ("table", "reason", "rows"), shown)
    if len(rows) > len(shown):
        more = len(rows) - len(shown)
        console.print(f"  and {more} more: from marts.rejected_rows", style="dim")


def _print_next_steps(console: Console, folder: Path) -> None:
    served = folder.parent / "current"
    console.print("\n[bold]Published[/bold]")
    for name in (SCORING_FILE, "parquet/", RESTRICTED_FILE):
        console.print(f"  {served / name}", soft_wrap=True, highlight=False)
    console.print("\n[bold]Next[/bold]")
    for line in _NEXT_STEPS:
        console.print(f"  {line}", soft_wrap=True, highlight=False)


def _counts(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> tuple[int, int]:
    """People in the table, and people who have at least one score."""
    any_score = " or ".join(f"{quoted(name)} is not null" for name in names) or "false"
    people, scored = connection.execute(
        f"select count(*), count(*) filter ({any_score}) from marts.scored_customers"
    ).fetchall()[0]
    return people, scored


def _segments(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    rows = connection.execute(
        """
        select coalesce(segment_en, 'no segment'), count(*), count(*) / sum(count(*)) over ()
        from marts.scored_customers
        group by 1
        order by 2 desc, 1
        """
    ).fetchall()
    return [(segment, count, f"{share:.0%}") for segment, count, share in rows]


def _next_offers(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> list[Row]:
    if "next_best_offer" not in columns:
        return []
    rows = connection.execute(
        f"""
        select offers.offer_name, count(*), count(*) / sum(count(*)) over ()
        from marts.scored_customers as people
        inner join marts.scored_offers as offers
            on people.customer_id = offers.customer_id
            and people.next_best_offer = offers.offer_id
        group by 1
        order by 2 desc, 1
        limit {_BEST_COUNT}
        """
    ).fetchall()
    return [(offer, count, f"{share:.0%}") for offer, count, share in rows]


def _best(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> list[Row]:
    reasons = "".join(f", {name}" for name in _REASON_COLUMNS if name in columns)
    return [
        *connection.execute(
            f"""
            select overall_rank, customer_id, overall, segment_en{reasons}
            from marts.scored_customers
            where overall_rank is not null
            order by overall_rank, customer_id
            limit {_BEST_COUNT}
            """
        ).fetchall()
    ]


def _rejected(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    rows = connection.execute(
        """
        select source_name || '.' || table_name, reason, cast(sum(row_count) as bigint)
        from marts.rejected_rows
        group by all
        order by 3 desc, 1, 2
        """
    ).fetchall()
    return [(table, _words(reason), count) for table, reason, count in rows]


def _words(code: str) -> str:
    """A code as words."""
    return code.replace("_", " ")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else str(value)
