"""A person's scores depend neither on who else is scored nor on the order of raw rows."""

from __future__ import annotations

import json
import shutil
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
COMPARED_WITH_OTHERS = frozenset({"overall_rank", "overall_percentile", "target_rank"})
LEAST_KEPT = 100
TWICE_IN_A_FILE = "sales/orders/2025-06b.csv"


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
    dbt: Dbt, sample_raw: Path, contract: Contract, tmp_path: Path
) -> None:
    raw, shuffled_raw = tmp_path / "raw", tmp_path / "shuffled_raw"
    shutil.copytree(sample_raw, raw)
    (raw / TWICE_IN_A_FILE).write_text(_orders_given_twice(), encoding="utf-8")

    def shuffled(file: RawFile) -> str:
        return f"select * from {file.reader} order by random()"

    with connect() as connection:
        connection.execute("select setseed(0.25)")
        rewrite(raw_files(raw, contract), shuffled_raw, shuffled, connection)
    one, other = (
        dbt.build(place, tmp_path / f"built_{place.name}", as_of_date=SAMPLE_AS_OF_DATE)
        for place in (raw, shuffled_raw)
    )
    # The restricted table keeps rows as JSON, each with the version of the file that it came in.
    schemas = [schema for schema in SCORED_SCHEMAS if schema != "restricted"]
    without = RUN_COLUMNS | DELIVERY_COLUMNS | {"row_json"}
    assert warehouse_differences(one, other, schemas, without) == {}


def _orders_given_twice() -> str:
    """Orders that one file gives twice with different amounts: nothing says which is later."""
    rows = [
        f"twice-{number},C{number:04d},2025-06-20 10:00:00,{amount}"
        for number in range(1, 31)
        for amount in (number * 7 % 50, number * 11 % 50)
    ]
    return "\n".join(["order_id,customer_id,ordered_at,amount", *rows, ""])


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
