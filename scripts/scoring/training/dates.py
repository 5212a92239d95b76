"""Dates to learn from, where nobody says which."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.training.warehouse import training_warehouse
from scoring.warehouse import connect

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from scoring.progress import Steps
    from scoring.settings import Settings

_WARM_DAYS = 56
_COVERED = """
    select
        coalesce(
            (select min(event_date) from intermediate.int_order_days),
            (select min(first_known_date) from intermediate.int_source_customers)
        ),
        (select as_of_date from intermediate.int_run)
"""


def monthly_dates(
    settings: Settings, workspace: Path, *, steps: Steps | None = None
) -> tuple[date, ...]:
    """The first day of every month that has eight weeks of orders before it, up to the last data.

    Where there are no orders, of every month after people became known.

    Raises:
        CannotRun: the raw data cannot be landed, or cover less than a month.
    """
    with training_warehouse(settings, workspace, steps) as warehouse:
        warehouse.build("land raw data", ("+int_order_days", "+int_source_customers", "+int_run"))
        with connect(warehouse.path, read_only=True) as connection:
            first, last = connection.execute(_COVERED).fetchall()[0]
    warm = first + timedelta(days=_WARM_DAYS)
    day = (warm.replace(day=1) + timedelta(days=31)).replace(day=1) if warm.day > 1 else warm
    found = []
    while day < last:
        found.append(day)
        day = (day + timedelta(days=31)).replace(day=1)
    if not found:
        raise CannotRun(
            f"the data reach from {first} to {last}: too short to learn from; give dates by --dates"
        )
    return tuple(found)


def campaign_dates(warehouse: Path, first: date, last: date) -> tuple[date, ...]:
    """First days of the campaigns that begin between two dates."""
    with connect(warehouse, read_only=True) as connection:
        rows = connection.execute(
            """
            select distinct start_date from staging.stg_marketing__campaigns
            where row_status = 'accepted' and start_date between $first and $last
            order by start_date
            """,
            {"first": first, "last": last},
        ).fetchall()
    return tuple(row[0] for row in rows)
