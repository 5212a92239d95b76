"""The same raw data in any format give the same rows, accepted and rejected.

A format is forgotten after staging: what is equal there is equal everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scenarios.conftest import Warehouse
from tests.support.dbt import WAREHOUSE_NAME
from tests.support.raw import connect, raw_files
from tests.support.tables import column_names, opened, row_differences

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from scoring.contract import Contract, Table
    from tests.scenarios.conftest import CommandLine
    from tests.support.dbt import Dbt

# What may differ: which run it was, what the files are called, the row as its file had it.
FILE_COLUMNS = {"file_name", "delivery", "delivery_version", "row_json"}
APART = frozenset({"run_id", "scored_at", "_delivery", "_version", "_raw", *FILE_COLUMNS})
COPY_OPTIONS = {
    "csv": "(format csv, header)",
    "parquet": "(format parquet)",
    "jsonl": "(format json)",
}
LANDED = ("+mon_raw_accounting",)
STAGED = (*LANDED, "+int_rejected_rows")
STAGED_TABLES = r"staging\.stg_.*|intermediate\.int_rejected_rows|monitoring\.mon_raw_accounting"
MARTS = r"marts\..*"


def _text(path: Path) -> str:
    return str(path).replace("'", "''")


def _write_files(
    sample: Path, raw: Path, contract: Contract, name: Callable[[Path], Path], suffix: str
) -> None:
    """Every file anew in one format, under the path that `name` gives it."""
    with connect() as connection:
        for file in raw_files(sample, contract):
            path = (raw / name(file.path)).with_suffix(f".{suffix}")
            path.parent.mkdir(parents=True, exist_ok=True)
            query = f"select * from {file.reader}"
            connection.execute(f"copy ({query}) to '{_text(path)}' {COPY_OPTIONS[suffix]}")


def _as_partition(path: Path) -> Path:
    """`orders/2025-01.csv` as `orders/delivery=2025-01/part.csv`; the order of the names stays."""
    if len(path.parts) != 3:
        return path
    return path.parent / f"delivery={path.stem}" / f"part{path.suffix}"


def _write_database(sample: Path, path: Path, contract: Contract) -> None:
    """A database with every table as text and, as `_loaded_at`, a day per file in their order."""
    tables: dict[Table, list[str]] = {}
    for number, file in enumerate(raw_files(sample, contract)):
        loaded_at = f"timestamp '2025-07-01' + interval {number} day"
        brought = f"* replace (coalesce(_loaded_at, cast({loaded_at} as varchar)) as _loaded_at)"
        own = f"*, {loaded_at} as _loaded_at"
        columns = brought if "_loaded_at" in file.types else own
        tables.setdefault(file.table, []).append(f"select {columns} from {file.reader}")
    with connect() as connection:
        connection.execute(f"attach '{_text(path)}' as raw")
        for table, parts in tables.items():
            connection.execute(f"create schema if not exists raw.{table.source}")
            query = " union all by name ".join(parts)
            connection.execute(f"create table raw.{table.source}.{table.name} as {query}")


def _write_current_state(sample: Warehouse, path: Path, contract: Contract) -> None:
    """A database as a CRM has it: typed tables, one row per key, nothing of how they came."""
    with connect() as connection:
        connection.execute(f"attach '{_text(path)}' as raw")
        connection.execute(f"attach '{_text(sample.path)}' as built (read_only)")
        for table in contract.tables:
            columns = _delivered_columns(connection, table)
            if not columns:
                continue
            connection.execute(f"create schema if not exists raw.{table.source}")
            connection.execute(
                f"create table raw.{table.source}.{table.name} as select {', '.join(columns)} "
                f"from built.staging.stg_{table.source}__{table.name} "
                "where row_status in ('accepted', 'anonymous')"
            )


def _delivered_columns(connection: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    rows = connection.execute(
        "select column_name from built.staging.base_contract_columns "
        "where is_delivered and column_name <> '_loaded_at' and source_name = ? and table_name = ?",
        [table.source, table.name],
    ).fetchall()
    return [row[0] for row in rows]


def _tables(connection: duckdb.DuckDBPyConnection, database: str, pattern: str) -> set[str]:
    """The tables; a view knows its tables by the name that its own database had."""
    rows = connection.execute(
        "select schema_name || '.' || table_name as name from duckdb_tables() "
        "where database_name = ? and regexp_full_match(name, ?)",
        [database, pattern],
    ).fetchall()
    return {row[0] for row in rows}


def _differences(
    left: Warehouse, right: Warehouse, pattern: str, without: frozenset[str] = frozenset()
) -> list[str]:
    """How the tables of two warehouses differ whose names match."""
    found = []
    with opened(this=left.path, that=right.path) as connection:
        names = _tables(connection, "this", pattern) | _tables(connection, "that", pattern)
        assert names > without
        for name in names - without:
            columns = set(column_names(connection, f"this.{name}"))
            found += row_differences(connection, f"this.{name}", f"that.{name}", APART & columns)
    return found


@pytest.fixture(params=["parquet", "jsonl"])
def one_format(
    request: pytest.FixtureRequest, sample_raw: Path, contract: Contract, tmp_path: Path
) -> Path:
    """The sample with every file in one format."""
    _write_files(sample_raw, tmp_path / "raw", contract, lambda path: path, request.param)
    return tmp_path / "raw"


def test_every_file_in_one_format_gives_the_same_rows(
    one_format: Path, built_sample: Warehouse, dbt: Dbt, tmp_path: Path
) -> None:
    dbt.build(one_format, tmp_path, select=STAGED)
    assert _differences(built_sample, Warehouse(tmp_path), STAGED_TABLES) == []


def test_csv_in_partitions_gives_the_same_rows(
    built_sample: Warehouse, sample_raw: Path, contract: Contract, dbt: Dbt, tmp_path: Path
) -> None:
    raw = tmp_path / "Zoé's raw data [1]"
    _write_files(sample_raw, raw, contract, _as_partition, "csv")
    assert (raw / "sales" / "orders" / "delivery=2025-01" / "part.csv").is_file()
    dbt.build(raw, tmp_path, select=STAGED)
    assert _differences(built_sample, Warehouse(tmp_path), STAGED_TABLES) == []


def test_a_database_with_loading_times_gives_the_same_rows(
    built_sample: Warehouse, sample_raw: Path, contract: Contract, dbt: Dbt, tmp_path: Path
) -> None:
    _write_database(sample_raw, tmp_path / "raw data.duckdb", contract)
    dbt.build(tmp_path / "raw data.duckdb", tmp_path, select=STAGED)
    assert _differences(built_sample, Warehouse(tmp_path), STAGED_TABLES) == []


def test_a_database_without_loading_times_gives_the_same_scores(
    built_sample: Warehouse, contract: Contract, dbt: Dbt, tmp_path: Path
) -> None:
    _write_current_state(built_sample, tmp_path / "raw.duckdb", contract)
    dbt.build(tmp_path / "raw.duckdb", tmp_path)
    built = Warehouse(tmp_path)
    # A state has no rejected rows.
    assert _differences(built_sample, built, MARTS, frozenset({"marts.rejected_rows"})) == []
    assert built.rows("select * from marts.rejected_rows") == []


def test_a_second_run_lands_only_the_days_that_are_new(dbt: Dbt, tmp_path: Path) -> None:
    raw, warehouse = tmp_path / "raw.duckdb", Warehouse(tmp_path)
    with connect() as connection:
        connection.execute(f"attach '{_text(raw)}' as raw")
        connection.execute("create schema raw.sales")
        connection.execute(
            """
            create table raw.sales.orders as
            select
                'o' || i as order_id, 'c' || i as customer_id, date '2025-06-01' as ordered_at,
                i as amount, 'web' as channel,
                timestamp '2025-06-02' + i * interval 1 day as _loaded_at
            from range(5) as orders(i)
            """
        )
    dbt.build(raw, tmp_path, select=LANDED)
    # Marked by hand: a row that is landed again loses its mark.
    warehouse.change("update staging.base_sales__orders set channel = 'marked'")
    with connect() as connection:
        connection.execute(f"attach '{_text(raw)}' as raw")
        connection.execute(
            "insert into raw.sales.orders "
            "values ('new', 'c1', '2025-06-09', 1, 'web', '2025-06-10'), "
            "('late', 'c1', '2025-06-01', 1, 'web', '2025-06-06 12:00:00')"
        )
    dbt.build(raw, tmp_path, select=LANDED)
    rows = warehouse.rows("select order_id, channel from staging.base_sales__orders order by 1")
    # The rows of the day to which one was added (o4) are landed again, those of the other days not.
    assert rows == [
        ("late", "web"),
        ("new", "web"),
        ("o0", "marked"),
        ("o1", "marked"),
        ("o2", "marked"),
        ("o3", "marked"),
        ("o4", "web"),
    ]


def test_the_header_of_a_big_file_is_its_first_line(
    tmp_path: Path, command_line: CommandLine
) -> None:
    """Several threads may read a file of more than a few megabytes, each a part of its own."""
    orders = tmp_path / "raw" / "sales" / "orders"
    orders.mkdir(parents=True)
    rows = "1,c1,2025-06-01,3\n" * 800_000
    (orders / "0.csv").write_text(f"order_id,customer_id,ordered_at,amount\n{rows}")
    for part in range(1, 16):
        (orders / f"{part}.csv").hardlink_to(orders / "0.csv")
    result = command_line.dbt(
        *("run-operation", "check_contract"),
        raw=tmp_path / "raw",
        warehouse=tmp_path / WAREHOUSE_NAME,
    )
    assert result.returncode == 0, result.stdout
