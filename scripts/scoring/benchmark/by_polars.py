"""Roll-ups of orders and lines by customer and day and a few windows, with Polars.

It does what `by_pandas.py` does, lazily and in streams. It is run by a Python of its own, which
has polars and not this package.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

WINDOWS = (28, 91, 182, 364)
MOST = 1_000_000_000
EARLIEST = datetime(1990, 1, 1)  # noqa: DTZ001 - the files have no zone


def _read(folder: Path, names: list[str], numbers: list[str]) -> pl.LazyFrame:
    rows = pl.scan_parquet(sorted(folder.glob("*.parquet"))).select(names)
    return rows.with_columns(pl.col(numbers).cast(pl.Float64))


def main() -> None:
    """Run it on the raw location named on the command line."""
    sales = Path(sys.argv[1]) / "sales"
    now = datetime.now(tz=UTC).replace(tzinfo=None)
    names = ["order_id", "customer_id", "ordered_at", "amount", "status"]
    orders = (
        _read(sales / "orders", names, ["amount"])
        .filter(
            pl.col("ordered_at").is_between(EARLIEST, now)
            & pl.col("order_id").is_not_null()
            & (pl.col("amount").abs() <= MOST)
        )
        .unique("order_id", keep="last", maintain_order=True)
        .filter(pl.col("customer_id").is_not_null() & pl.col("status").ne_missing("cancelled"))
        .with_columns(order_date=pl.col("ordered_at").dt.date())
    )
    names = ["order_id", "line_number", "product_id", "net_amount", "quantity", "_loaded_at"]
    lines = (
        _read(sales / "order_lines", names, ["net_amount", "quantity"])
        .filter(
            pl.col("order_id").is_not_null()
            & (pl.col("line_number") >= 0)
            & (pl.col("net_amount").abs() <= MOST)
        )
        .sort("_loaded_at", maintain_order=True)
        .unique(["order_id", "line_number"], keep="last", maintain_order=True)
        .filter(~((pl.col("net_amount") < 0) & (pl.col("quantity").fill_null(0) > 0)))
        .join(orders.select("order_id", "customer_id", "order_date"), on="order_id")
    )
    days = orders.group_by("customer_id", "order_date").agg(
        order_count=pl.len(), amount=pl.col("amount").sum()
    )
    products = lines.group_by("customer_id", "order_date", "product_id").agg(
        line_count=pl.len(), net_amount=pl.col("net_amount").sum()
    )
    age = (pl.col("order_date").max() + timedelta(days=1) - pl.col("order_date")).dt.total_days()
    windows = [
        pl.col(measure).filter(pl.col("age") <= window).sum().alias(f"{measure}_{window}")
        for window in WINDOWS
        for measure in ("order_count", "amount")
    ]
    features = (
        days.with_columns(age=age)
        .group_by("customer_id")
        .agg(pl.col("age").min().alias("last"), *windows)
    )
    made = pl.collect_all([products, features], engine="streaming")
    sys.stdout.write(" ".join(str(table.height) for table in made) + "\n")


if __name__ == "__main__":
    main()
