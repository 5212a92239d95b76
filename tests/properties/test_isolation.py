"""A person's scores depend neither on who else is scored nor on the order of raw rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.dbt import Dbt
from tests.support.once import SAMPLE_AS_OF_DATE
from tests.support.raw import RawFile, connect, files_by_table, raw_files, rewrite
from tests.support.tables import (
    DELIVERY_COLUMNS,
    RUN_COLUMNS,
    SCORED_SCHEMAS,
    column_names,
    opened,
    row_differences,
    table_names,
    warehouse_differences,
)

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from scoring.contract import Contract

# The named exceptions: what compares people with each other.
COMPARED_WITH_OTHERS = frozenset({"overall_rank", "overall_percentile"})
LEAST_KEPT = 100


@pytest.fixture
def few_people(sample_raw: Path, contract: Contract, tmp_path: Path) -> Path:
    """Raw data of some people alone; nobody else is in any table."""
    _keep_people(sample_raw, tmp_path / "raw", contract, _kept_people(sample_raw))
    return tmp_path / "raw"


def _kept_people(sample_raw: Path) -> frozenset[str]:
    """Every fourth person, all who were merged, and the groups that are easily got wrong."""
    planted = json.loads((sample_raw / "planted.json").read_text(encoding="utf-8"))
    groups = planted["groups"]
    kept = {f"C{number:04d}" for number in range(1, 401, 4)}
    for group in ("known_only_elsewhere", "profiling_objections", "deleted"):
        kept |= set(groups[group])
    kept |= set(groups["without_order"][:30])
    kept |= set(planted["merged_into"]) | set(planted["merged_into"].values())
    return frozenset(kept)


def test_scores_of_a_person_are_the_same_without_everyone_else(
    few_people: Path, dbt: Dbt, built_sample: Path, tmp_path: Path
) -> None:
    alone = dbt.build(few_people, tmp_path / "built", as_of_date=SAMPLE_AS_OF_DATE)
    compared = []
    with opened(whole=built_sample, alone=alone) as connection:
        count = _scored_people(connection, "alone")
        assert count >= LEAST_KEPT
        assert count < _scored_people(connection, "whole") / 2
        connection.execute(
            "create table kept as select distinct customer_id from alone.intermediate.int_persons"
        )
        for schema in ("features", "scores", "marts"):
            for name in table_names(connection, "whole", schema):
                if "customer_id" not in column_names(connection, f"whole.{schema}.{name}"):
                    continue
                found = row_differences(
                    connection,
                    f"(select * from whole.{schema}.{name} "
                    "where customer_id in (select customer_id from kept))",
                    f"(select * from alone.{schema}.{name})",
                    RUN_COLUMNS | COMPARED_WITH_OTHERS,
                )
                assert not found, f"{schema}.{name}:\n" + "\n".join(found)
                compared.append(name)
    assert {"customer_scores", "customer_features", "score_contributions"} <= set(compared)


def test_order_of_rows_in_a_file_changes_nothing(
    dbt: Dbt, sample_raw: Path, contract: Contract, built_sample: Path, tmp_path: Path
) -> None:
    def shuffled(file: RawFile) -> str:
        return f"select * from {file.reader} order by random()"

    with connect() as connection:
        connection.execute("select setseed(0.25)")
        rewrite(raw_files(sample_raw, contract), tmp_path / "raw", shuffled, connection)
    other = dbt.build(tmp_path / "raw", tmp_path / "built", as_of_date=SAMPLE_AS_OF_DATE)
    # The restricted table keeps rows as JSON, each with the version of the file that it came in.
    schemas = [schema for schema in SCORED_SCHEMAS if schema != "restricted"]
    without = RUN_COLUMNS | DELIVERY_COLUMNS | {"row_json"}
    assert warehouse_differences(built_sample, other, schemas, without) == {}


def _keep_people(raw: Path, target: Path, contract: Contract, people: frozenset[str]) -> None:
    files = raw_files(raw, contract)
    order_files = files_by_table(files)["sales.orders"]

    def kept(file: RawFile) -> str:
        if file.table.person:
            person = file.text(file.table.person)
            return f"select * from {file.reader} where {person} in (select person from kept)"
        if file.table.name == "order_lines":
            order_id = file.text("order_id")
            return f"select * from {file.reader} where {order_id} in (select * from kept_orders)"
        return f"select * from {file.reader}"

    with connect() as connection:
        connection.execute("create table kept (person varchar)")
        connection.executemany("insert into kept values (?)", [[person] for person in people])
        orders = " union ".join(
            f"select {file.text('order_id')} as order_id from {file.reader} "
            f"where {file.text('customer_id')} in (select person from kept)"
            for file in order_files
        )
        connection.execute(f"create table kept_orders as {orders}")
        rewrite(files, target, kept, connection)


def _scored_people(connection: duckdb.DuckDBPyConnection, database: str) -> int:
    statement = f"select count(*) from {database}.marts.scored_customers"
    return int(connection.execute(statement).fetchall()[0][0])
