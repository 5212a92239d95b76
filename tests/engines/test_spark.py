"""The models on Spark with Iceberg give what they give on DuckDB, in a first and in a later run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engines.building import build_twice, spark_engine
from tests.support.engines import engine_differences
from tests.support.spark import private_cluster
from tests.support.spark_tables import SparkTables, run_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scoring.contract import Contract
    from tests.support.dbt import Dbt
    from tests.support.spark import Cluster

pytestmark = pytest.mark.spark


@dataclass(frozen=True)
class Engines:
    """The sample on both engines, built twice: before and after its last month arrived."""

    warehouse: Path
    cluster: Cluster


@pytest.fixture(scope="module")
def engines(
    dbt: Dbt, project_dir: Path, contract: Contract, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engines]:
    with private_cluster(project_dir / ".venv-spark") as cluster:
        spark = spark_engine(cluster, contract)
        warehouse = build_twice(spark, dbt, project_dir, tmp_path_factory.mktemp("spark"))
        yield Engines(warehouse, cluster)


def test_every_table_is_the_same_on_both_engines(engines: Engines, tmp_path: Path) -> None:
    differences = engine_differences(engines.warehouse, SparkTables(engines.cluster, tmp_path))

    assert not differences, "\n".join(
        f"{table}: {text}" for table, texts in differences.items() for text in texts
    )


def test_later_run_adds_to_the_history(engines: Engines) -> None:
    rows = run_statements(
        engines.cluster,
        [["select distinct cast(as_of_date as string) from marts.score_history order by 1"]],
    )[0]

    assert rows == [["2025-06-01"], ["2025-06-30"]]


def test_overwritten_cells_are_remembered(engines: Engines) -> None:
    statement = (
        "select count(*) > 0 from snapshots.snap_customer_cells "
        "where dbt_valid_to is not null and region is distinct from 'Moved'"
    )

    rows = run_statements(engines.cluster, [[statement]])[0]

    assert rows == [[True]]
