"""Raw data into a private Spark cluster, and its tables out of it, by way of Parquet files."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from scoring.engines.delivered import OWN_COLUMNS, read_delivered
from tests.support.engines import relation_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scoring.contract import Contract
    from tests.support.spark import Cluster

TABLES_AT_A_TIME = 20


def run_statements(cluster: Cluster, lists: Sequence[Sequence[str]]) -> list[list[list[Any]]]:
    """The rows of the last statement of each list."""
    outcome = subprocess.run(
        [cluster.environment / "bin" / "python", "tests/support/spark_client.py"],
        input=json.dumps({"host": cluster.host, "port": cluster.port, "statements": lists}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr[-4000:]
    rows: list[list[list[Any]]] = json.loads(outcome.stdout)
    return rows


def load(raw: Path, contract: Contract, cluster: Cluster) -> None:
    """Replace the raw tables of a cluster by what lies at a raw location."""
    place = cluster.folder / f"raw-{len(list(cluster.folder.glob('raw-*')))}"
    place.mkdir()
    lists = []
    with duckdb.connect() as files:
        delivered = {d.table.full_name: d for d in read_delivered(files, raw, contract)}
        for table in contract.tables:
            relation = f"{table.schema}.{table.name}"
            statements = [
                f"create database if not exists {table.schema}",
                f"drop table if exists {relation}",
            ]
            if found := delivered.get(table.full_name):
                (place / relation).mkdir()
                names = ", ".join(f'"{name}"' for name in (*found.columns, *OWN_COLUMNS))
                files.execute(
                    f"copy (select {names} from {found.relation}) "
                    f"to '{place / relation / 'rows.parquet'}' (format parquet)"
                )
                statements.append(
                    f"create table {relation} using parquet location '{place / relation}'"
                )
            lists.append(statements)
    run_statements(cluster, lists)


@dataclass
class SparkTables:
    """Tables of a cluster, copied to Parquet files many at a time."""

    cluster: Cluster
    folder: Path
    copied: set[str] = field(default_factory=set)

    def names(self, schema: str) -> list[str]:
        """Names of the tables of a schema."""
        rows = run_statements(self.cluster, [[f"show tables in {schema}"]])[0]
        names = sorted(row[1] for row in rows)
        self._copy([f"{schema}.{name}" for name in names])
        return names

    def rows(self, schema: str, name: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Names of the columns and the rows of a table."""
        relation = f"{schema}.{name}"
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            return relation_rows(connection, f"read_parquet('{self.folder / relation}/*.parquet')")

    def _copy(self, relations: list[str]) -> None:
        settings = [
            "set spark.sql.parquet.outputTimestampType = TIMESTAMP_MICROS",
            "set spark.sql.parquet.datetimeRebaseModeInWrite = CORRECTED",
        ]
        lists = []
        for start in range(0, len(relations), TABLES_AT_A_TIME):
            copies = [
                f"insert overwrite directory '{self.folder / relation}' using parquet "
                f"select /*+ coalesce(1) */ * from {relation}"
                for relation in relations[start : start + TABLES_AT_A_TIME]
            ]
            lists.append([*settings, *copies])
        run_statements(self.cluster, lists)
