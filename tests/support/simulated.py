"""Simulated companies, their raw tables and truth as views of a database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from scoring.contract import Contract, read_contract
from scoring.simulate import Pace, Simulation, simulate
from scoring.simulate.plan import Plan, make_plan
from scoring.simulate.sectors import find_sector

if TYPE_CHECKING:
    from pathlib import Path

Options = dict[str, Any]


@dataclass(frozen=True)
class Company:
    """A simulated company and a database with a view per raw table, and one of the truth."""

    made: Simulation
    plan: Plan
    database: duckdb.DuckDBPyConnection

    def all(self, query: str) -> list[tuple[Any, ...]]:
        return self.database.execute(query).fetchall()

    def number(self, query: str) -> float:
        return float(self.all(query)[0][0])

    def rank_correlation(self, left: str, right: str, relation: str) -> float:
        """Spearman's correlation of two expressions over a relation."""
        return self.number(
            f"with pairs as (select {left} as a, {right} as b from {relation}), ranked as ("
            "select rank() over (order by a) + (count(*) over (partition by a) - 1) / 2.0 as a, "
            "rank() over (order by b) + (count(*) over (partition by b) - 1) / 2.0 as b from pairs "
            "where a is not null and b is not null) select corr(a, b) from ranked"
        )


def make(
    folder: Path, contract: Contract, options: Options | None = None, pace: Pace | None = None
) -> Company:
    usual: Options = {"customers": 600, "days": 120, "seed": 5, "sector": find_sector("commerce")}
    values = usual | (options or {})
    plan = make_plan(**values)
    made = simulate(folder, plan, contract, pace)
    database = duckdb.connect()
    for table in contract.tables:
        files = folder / table.source / table.name / "part-????.parquet"
        if list(files.parent.glob(files.name)):
            database.execute(f"create view {table.name} as from '{files}'")
    database.execute(f"create view truth as from '{made.truth}/customers/*.parquet'")
    return Company(made, plan, database)


def simulated_tables(project_dir: Path) -> Contract:
    """The tables that are made: verdicts on duplicates are what a person adds."""
    tables = read_contract(project_dir).tables
    return Contract(tuple(table for table in tables if table.name != "identity_links"))
