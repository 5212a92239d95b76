"""What is delivered is read on Spark as on DuckDB; a part of the whole, in two minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engines.building import build_part, spark_engine
from tests.support.engines import engine_differences
from tests.support.spark import private_cluster
from tests.support.spark_tables import SparkTables

if TYPE_CHECKING:
    from pathlib import Path

    from scoring.contract import Contract
    from tests.support.dbt import Dbt

pytestmark = pytest.mark.spark

# The tables that have rows for every way of writing a cell.
LANDED = ("+base_crm__customers", "+base_crm__leads", "+base_crm__customer_attributes")


def test_cells_are_read_or_refused_alike(
    dbt: Dbt, project_dir: Path, contract: Contract, tmp_path: Path
) -> None:
    with private_cluster(project_dir / ".venv-spark") as cluster:
        spark = spark_engine(cluster, contract)
        warehouse = build_part(spark, dbt, project_dir, tmp_path, *LANDED)
        differences = engine_differences(
            warehouse, SparkTables(cluster, tmp_path / "copied"), schemas=("staging",)
        )

    assert not differences, "\n".join(
        f"{table}: {text}" for table, texts in differences.items() for text in texts
    )
