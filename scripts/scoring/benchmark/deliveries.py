"""Raw data in four deliveries: a history, a day of new rows, one partly late, and a small one."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

DAY_SHARE = 0.01
LATE_SHARE = 0.05
LATE_DAYS = 28
SMALL_DAY_ORDERS = 1_000
# A made-up order may be dated decades ahead; the period ends where good ones do.
_LAST_GOOD = "timestamp '2030-01-01'"


@dataclass(frozen=True)
class Parts:
    """Folders with what is delivered: `history` is a raw location, the others are laid into it."""

    history: Path
    day: Path
    late_day: Path
    small_day: Path


def split(connection: duckdb.DuckDBPyConnection, made: Path, folder: Path) -> Parts:
    """Hold back the last orders, two hundredths and a thousand, and late ones of the weeks before.

    Args:
        connection: any connection; it keeps the keys of the orders held back.
        made: a simulated raw location with orders and order lines.
        folder: where to write.
    """
    parts = Parts(*(folder / name for name in ("raw", "day", "late_day", "small_day")))
    shutil.rmtree(folder, ignore_errors=True)
    orders = f"read_parquet('{made}/sales/orders/*.parquet')"
    connection.execute(
        f"""
        create or replace temp table held as
        with good as (
            select order_id, ordered_at
            from {orders}
            where ordered_at < {_LAST_GOOD} and order_id is not null
        ),
        last as (
            select order_id from good order by ordered_at desc, order_id limit {SMALL_DAY_ORDERS}
        ),
        bounds as (
            select
                quantile_disc(ordered_at, {1 - 2 * DAY_SHARE}) as day_start,
                quantile_disc(ordered_at, {1 - DAY_SHARE}) as late_day_start
            from good
            anti join last using (order_id)
        ),
        recent as (
            select order_id, row_number() over (order by hash(order_id)) as place
            from good, bounds
            where ordered_at < day_start and ordered_at >= day_start - interval {LATE_DAYS} day
        ),
        late as (
            select order_id
            from recent
            where place <= (select count(*) from good) * {DAY_SHARE * LATE_SHARE}
        )
        select
            order_id,
            any_value(
                case
                    when order_id in (from last) then 3
                    when ordered_at >= late_day_start or order_id in (from late) then 2
                    else 1
                end
            ) as day
        from good, bounds
        where ordered_at >= day_start or order_id in (from late) or order_id in (from last)
        group by order_id
        """
    )
    for table in ("orders", "order_lines"):
        (parts.history / "sales" / table).mkdir(parents=True)
        for path in sorted((made / "sales" / table).glob("*.parquet")):
            _copy(
                connection,
                f"select * from '{path}' anti join held using (order_id)",
                parts.history / "sales" / table / path.name,
            )
        every = f"read_parquet('{made}/sales/{table}/*.parquet')"
        for day, target in enumerate((parts.day, parts.late_day, parts.small_day), start=1):
            (target / "sales" / table).mkdir(parents=True)
            _copy(
                connection,
                f"select * from {every} semi join (from held where day = {day}) using (order_id)",
                target / "sales" / table / f"part-9{day:03d}.parquet",
            )
    return parts


def deliver(part: Path, history: Path) -> None:
    """Lay the files of a later delivery beside the history."""
    shutil.copytree(part, history, dirs_exist_ok=True)


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    connection.execute(f"copy ({query}) to '{path}' (format parquet, compression zstd)")
