"""Two sets of scores of the same people: who moved, by how much, and what they are worth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.warehouse import attach, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    import duckdb

SHOWN = 20
KINDS = {"grade": "overall_grade", "segment": "segment_code", "lifecycle": "lifecycle"}

_PEOPLE = """
    create temp table compared as
    select
        coalesce(b.customer_id, a.customer_id) as customer_id,
        b.overall as overall_before,
        a.overall as overall_after,
        coalesce(b.overall_grade, '-') as grade_before,
        coalesce(a.overall_grade, '-') as grade_after,
        coalesce(b.segment_code, '-') as segment_before,
        coalesce(a.segment_code, '-') as segment_after,
        coalesce(b.lifecycle, '-') as lifecycle_before,
        coalesce(a.lifecycle, '-') as lifecycle_after,
        {worth} as worth
    from {before}.marts.scored_customers as b
    full outer join {after}.marts.scored_customers as a
        on b.customer_id = a.customer_id and b.as_of_date = a.as_of_date
    left join {built}.marts.customer_features as f
        on f.customer_id = coalesce(b.customer_id, a.customer_id)
        and f.as_of_date = coalesce(b.as_of_date, a.as_of_date)
"""

_MOVES = """
    select
        {kind}_before,
        {kind}_after,
        count(*),
        avg(overall_after - overall_before),
        coalesce(sum(worth), 0)
    from compared
    where {kind}_before <> {kind}_after
    group by all
    order by 3 desc, 1, 2
"""

_SCORES = """
    with both_sides as (
        select
            coalesce(b.score_name, a.score_name) as score_name,
            b.score as score_before,
            a.score as score_after,
            b.score_version as version_before,
            a.score_version as version_after,
            b.grade as grade_before,
            a.grade as grade_after
        from ({before}) as b
        full outer join ({after}) as a
            on b.customer_id = a.customer_id and b.score_name = a.score_name
    )

    select
        score_name,
        max(version_before),
        max(version_after),
        count(*) filter (where score_before is distinct from score_after),
        count(*) filter (where grade_before is distinct from grade_after),
        count(*) filter (where score_before is null and score_after is not null),
        count(*) filter (where score_before is not null and score_after is null),
        avg(score_after - score_before),
        max(abs(score_after - score_before))
    from both_sides
    group by score_name
    order by score_name
"""

_GRADED = """
    select scores.customer_id, scores.score_name, scores.score_version, scores.score, bands.grade
    from (
        select customer_id, as_of_date, score_name, score_version, score
        from {side}.scores.score_results
        union all
        select customer_id, as_of_date, score_name, score_version, score
        from {side}.scores.score_overall
    ) as scores
    inner join {side}.intermediate.int_run as runs on scores.as_of_date = runs.as_of_date
    left join {side}.reference.score_bands as bands
        on scores.score >= coalesce(bands.lower_bound, 0)
        and scores.score < coalesce(bands.upper_bound, 11)
"""


@dataclass(frozen=True)
class Move:
    """People who go from one band or segment to another.

    Attributes:
        kind: grade, segment or lifecycle.
        before: where they were; `-` for none.
        after: where they are.
        people: how many.
        mean_change: mean change of their overall score.
        worth: what they are worth together.
    """

    kind: str
    before: str
    after: str
    people: int
    mean_change: float | None
    worth: float


@dataclass(frozen=True)
class ScoreMove:
    """What happens to a score.

    Attributes:
        name: the score.
        version_before: version of its card under the reference.
        version_after: version in the working tree.
        people: people whose score changes, coming and going included.
        band_people: those whose band changes: the grades' bounds, applied to this score.
        gained: people who had no score and have one.
        lost: people who had one and have none.
        mean_change: mean change over those who have both.
        largest_change: largest change, either way.
    """

    name: str
    version_before: int | None
    version_after: int | None
    people: int
    band_people: int
    gained: int
    lost: int
    mean_change: float | None
    largest_change: float | None


@dataclass(frozen=True)
class Person:
    """Someone who changes grade or segment: the key and nothing that identifies them."""

    customer_id: str
    grade: str
    segment: str
    change: float | None
    worth: float | None


@dataclass(frozen=True)
class Difference:
    """What a change of rules does.

    Attributes:
        ref: the reference that it is compared with.
        as_of: date of the scores.
        people: people scored on either side.
        movers: people who change grade, segment or lifecycle.
        worth: what the movers are worth together.
        worth_name: what worth is: the expected amount where a card is calibrated, or net amount.
        moves: every move, by kind.
        scores: every score.
        persons: the movers whose overall score changes most.
        changed: seeds and models that differ.
        left_out: those of them that were not built again: what lands raw data.
    """

    ref: str
    as_of: date
    people: int
    movers: int
    worth: float
    worth_name: str
    moves: tuple[Move, ...]
    scores: tuple[ScoreMove, ...]
    persons: tuple[Person, ...]
    changed: tuple[str, ...] = field(default=())
    left_out: tuple[str, ...] = field(default=())


def compare(ref: str, before: Path, after: Path, built: Path) -> Difference:
    """Compare two warehouses of one date.

    Args:
        ref: what the first one stands for.
        before: scores under the reference's rules.
        after: scores under the working tree's.
        built: the warehouse with the features of both.

    Raises:
        CannotRun: there is nothing to compare.
    """
    import duckdb

    with duckdb.connect(":memory:") as connection:
        # Each under the name of its file, by which its views know it.
        for path in (before, after, built):
            attach(connection, path, path.stem)
        paths = {"before": before, "after": after, "built": built}
        sides = {side: quoted(path.stem) for side, path in paths.items()}
        row = connection.execute(
            "select max(as_of_date), count(customer_value_amount)"
            f" from {sides['after']}.marts.scored_customers"
        ).fetchone()
        if row is None or row[0] is None:
            raise CannotRun(f"{built} has no scored people to compare on")
        has_amounts = bool(row[1])
        worth = "a.customer_value_amount" if has_amounts else "f.order_amount_364d"
        connection.execute(_PEOPLE.format(worth=worth, **sides))
        moves = tuple(
            Move(kind, *found)
            for kind in KINDS
            for found in connection.execute(_MOVES.format(kind=kind)).fetchall()
        )
        moved = " or ".join(f"{kind}_before <> {kind}_after" for kind in KINDS)
        people, movers, total = connection.execute(
            f"select count(*), count(*) filter (where {moved}),"
            f" coalesce(sum(worth) filter (where {moved}), 0) from compared"
        ).fetchall()[0]
        return Difference(
            ref=ref,
            as_of=row[0],
            people=people,
            movers=movers,
            worth=float(total),
            worth_name="expected amount" if has_amounts else "net amount of the last 364 days",
            moves=moves,
            scores=_scores(connection, sides),
            persons=_persons(connection, moved),
        )


def _scores(
    connection: duckdb.DuckDBPyConnection, sides: Mapping[str, str]
) -> tuple[ScoreMove, ...]:
    query = _SCORES.format(
        before=_GRADED.format(side=sides["before"]), after=_GRADED.format(side=sides["after"])
    )
    return tuple(ScoreMove(*row) for row in connection.execute(query).fetchall())


def _persons(connection: duckdb.DuckDBPyConnection, moved: str) -> tuple[Person, ...]:
    rows = connection.execute(
        f"""
        select
            customer_id,
            grade_before || case when grade_before <> grade_after then ' > ' || grade_after
                else '' end,
            segment_before || case when segment_before <> segment_after then ' > ' || segment_after
                else '' end,
            overall_after - overall_before,
            worth
        from compared
        where {moved}
        order by abs(overall_after - overall_before) desc nulls first, worth desc, customer_id
        limit {SHOWN}
        """
    ).fetchall()
    return tuple(Person(*row) for row in rows)
