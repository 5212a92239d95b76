"""What a benchmark says of a process that does not end well, and what it delivers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from scoring.benchmark.deliveries import SMALL_DAY_ORDERS, split
from scoring.benchmark.processes import ProcessFailed, measure

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("ending", "how"),
    [
        ("sys.exit(7)", "ended with code 7"),
        ("os.kill(os.getpid(), 15)", "was ended by SIGTERM"),
        ("os.kill(os.getpid(), 9)", "was ended by SIGKILL, most likely for want of memory"),
    ],
)
def test_how_a_process_ended_is_told(tmp_path: Path, ending: str, how: str) -> None:
    command = (sys.executable, "-c", f"import os, sys; print('so far', flush=True); {ending}")
    with pytest.raises(ProcessFailed, match="a rival") as raised:
        measure("a rival", command, {}, folder=tmp_path, log=tmp_path / "log")
    assert raised.value.how == how
    assert (tmp_path / "log").read_text(encoding="utf-8") == "so far\n"


def test_deliveries_hold_back_what_they_say_and_lose_nothing(tmp_path: Path) -> None:
    made = tmp_path / "made"
    rows = {
        # The last of all has no key, as some of a simulated company have not.
        "orders": """
            select
                nullif(range, 99999)::varchar as order_id,
                timestamp '2024-01-01' + interval 10 minute * range as ordered_at
            from range(100000)
        """,
        "order_lines": "select (range // 2)::varchar as order_id from range(200000)",
    }
    for table, query in rows.items():
        (made / "sales" / table).mkdir(parents=True)
        duckdb.execute(f"copy ({query}) to '{made}/sales/{table}/part.parquet'")

    with duckdb.connect() as connection:
        parts = split(connection, made, tmp_path / "delivered")

    def count(part: Path, table: str) -> int:
        found = duckdb.execute(f"select count(*) from '{part}/sales/{table}/*.parquet'").fetchone()
        assert found is not None
        return int(found[0])

    days = [parts.day, parts.late_day, parts.small_day]
    orders = [count(part, "orders") for part in days]
    assert orders[0] == pytest.approx(990, abs=2)
    # Five hundredths more of the late day came from the weeks before.
    assert orders[1] == pytest.approx(990 + 50, abs=2)
    assert orders[2] == SMALL_DAY_ORDERS
    for table, query in rows.items():
        found = duckdb.execute(f"select count(*) from ({query})").fetchone()
        assert found == (sum(count(part, table) for part in [parts.history, *days]),)
