"""Fixtures that several tests share.

The project as dbt reads it, the sample and its warehouse, a small warehouse to publish.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scoring.contract import Contract, read_contract
from scoring.record import RunRecord
from scoring.settings import Settings
from scoring.warehouse import connect
from tests.support.dbt import Dbt
from tests.support.once import Once
from tests.support.programs import Programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def _this_tree_in_other_processes() -> Iterator[None]:
    """Processes that tests start import this tree, also when another one is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(PROJECT / "scripts"))
        yield


@pytest.fixture(scope="session")
def project_dir() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def contract() -> Contract:
    return read_contract(PROJECT)


@pytest.fixture(scope="session")
def sample_raw() -> Path:
    return PROJECT / "data" / "sample"


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Once:
    return Once.of_test_run(tmp_path_factory, request.config)


@pytest.fixture(scope="session")
def dbt(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Dbt:
    return Dbt(PROJECT, tmp_path_factory.mktemp("dbt"), once.root / "parsed")


@pytest.fixture(scope="session")
def manifest(dbt: Dbt) -> dict[str, Any]:
    """The project as dbt parsed it."""
    return dbt.manifest()


@pytest.fixture(scope="session")
def sample_warehouse(once: Once, dbt: Dbt, sample_raw: Path) -> Path:
    """Warehouse of the sample, file; nobody changes it."""
    return once.built_sample(dbt, sample_raw)


@pytest.fixture(scope="session")
def programs() -> Iterator[Programs]:
    running = Programs()
    yield running
    running.close()


_WAREHOUSE = """
    create schema marts;
    create schema monitoring;
    create schema reference;
    create schema restricted;
    create schema scores;
    create schema snapshots;

    create table marts.scored_customers as
    select
        'c' || i as customer_id,
        date '2025-06-30' as as_of_date,
        case when i > 2 then cast((i * 7) % 11 as decimal(6, 3)) end as purchase_propensity,
        case when i <= 2 then 'objects_to_profiling' end as purchase_propensity_reason_missing,
        cast(null as decimal(6, 3)) as credit_risk,
        'not_in_sector' as credit_risk_reason_missing,
        cast(i % 10 as decimal(6, 3)) as overall,
        row_number() over (order by i % 10 desc, i) as overall_rank,
        case when i % 2 = 0 then 'regulars' else 'newcomers' end as segment_en,
        'ordered ' || i || ' days ago' as reason_1_en,
        'often uses [coupons]' as reason_2_en,
        null::varchar as reason_3_en,
        '{run_id}' as run_id
    from range(1, 21) as people(i)
    -- Stored the other way round than its key.
    order by i desc;

    create table marts.customer_scores as
    select customer_id, as_of_date, 'purchase_propensity' as score_name, run_id
    from marts.scored_customers;

    create table marts.score_history as select customer_id, as_of_date from marts.scored_customers;
    create table marts.forgotten_mart as select 'built by an older version' as note;
    create table marts.rejected_rows as
    select
        'sales' as source_name,
        'orders' as table_name,
        '17' as row_key,
        'amount' as column_name,
        'not_a_decimal' as reason,
        'orders/2025-01.csv' as file_name,
        3 as row_count;

    create table scores.score_bin_codes as select customer_id, 4 as bin from marts.scored_customers;
    create view scores.score_points_used as select customer_id, bin from scores.score_bin_codes;
    create table reference.score_points as select 4 as bin, 1.5 as points;
    create view marts.score_contributions as
    select codes.customer_id, points.points
    from scores.score_points_used as codes
    inner join reference.score_points as points using (bin);

    create table monitoring.mon_raw_accounting as
    select
        'sales' as source_name,
        'orders' as table_name,
        true as is_delivered,
        120 as landed_row_count;

    create table restricted.rejected_raw_rows as select '{{"amount": "abc"}}' as raw;
    create table snapshots.snap_customers as select 'c1' as customer_id, '50-74K' as income_band;
"""

_CONTRIBUTIONS = """
    select codes.customer_id, points.points
    from "{database}"."scores"."score_points_used" as codes
    inner join "{database}"."reference"."score_points" as points using (bin)
"""


@dataclass(frozen=True)
class SmallProject:
    """A scratch project with a built warehouse, as publishing finds it."""

    settings: Settings

    def build(self, run_id: str) -> Settings:
        """Build the warehouse anew as run `run_id` and return the settings of that run."""
        path = self.settings.warehouse_path
        path.unlink(missing_ok=True)
        with connect(path) as connection:
            connection.execute(_WAREHOUSE.format(run_id=run_id))
        return replace(self.settings, run_id=run_id)

    def execute(self, statement: str) -> None:
        """Change the warehouse."""
        with connect(self.settings.warehouse_path) as connection:
            connection.execute(statement)

    @staticmethod
    def record(run_id: str) -> RunRecord:
        """The row of a run that went well."""
        moment = datetime(2025, 6, 30, 12)  # noqa: DTZ001 - records keep UTC without a zone
        return RunRecord(run_id, moment, moment, status="published", exit_code=0)


@pytest.fixture
def small_project(tmp_path: Path) -> SmallProject:
    return make_small_project(tmp_path)


@pytest.fixture
def small_project_in() -> Callable[[Path], SmallProject]:
    """For a test that needs a small project in a folder of its choice."""
    return make_small_project


def make_small_project(folder: Path) -> SmallProject:
    settings = Settings(
        project_dir=folder,
        raw_location=folder / "raw",
        warehouse_path=folder / "warehouse" / "small.duckdb",
        published_dir=folder / "published" / "small",
        sector="commerce",
        as_of_date=None,
        run_id="20250630T000000Z-000000",
    )
    settings.warehouse_path.parent.mkdir()
    settings.target_dir.mkdir(parents=True)
    (folder / "dbt_project.yml").write_text('name: small\nversion: "1.2.3"\n', encoding="utf-8")
    models = dict(
        _manifest_node(schema, name, code, reads) for schema, name, code, reads, _ in _NODES
    )
    tests = dict(_key_test(name, key) for _, name, _, _, key in _NODES if key)
    manifest = {"nodes": models | tests}
    (settings.target_dir / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    project = SmallProject(settings)
    project.build(settings.run_id)
    return project


_NODES: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("marts", "scored_customers", "select 1", (), ("customer_id", "as_of_date")),
    ("marts", "customer_scores", "select 1", (), ("customer_id", "as_of_date", "score_name")),
    ("marts", "score_history", "select 1", (), ()),
    ("marts", "rejected_rows", "select 1", (), ()),
    ("monitoring", "mon_raw_accounting", "select 1", (), ()),
    ("scores", "score_bin_codes", "select 1", (), ("customer_id",)),
    (
        "scores",
        "score_points_used",
        'select customer_id, bin from "small"."scores"."score_bin_codes"',
        ("score_bin_codes",),
        (),
    ),
    ("reference", "score_points", "select 1", (), ()),
    (
        "marts",
        "score_contributions",
        _CONTRIBUTIONS.format(database="small"),
        ("score_points_used", "score_points"),
        (),
    ),
)


def _manifest_node(schema: str, name: str, code: str, reads: tuple[str, ...]) -> tuple[str, object]:
    return f"model.small.{name}", {
        "resource_type": "model",
        "schema": schema,
        "alias": name,
        "database": "small",
        "compiled_code": code,
        "depends_on": {"nodes": [f"model.small.{read}" for read in reads]},
    }


def _key_test(name: str, key: tuple[str, ...]) -> tuple[str, object]:
    return f"test.small.unique_key_{name}", {
        "resource_type": "test",
        "attached_node": f"model.small.{name}",
        "test_metadata": {"name": "unique_key", "kwargs": {"column_name": ", ".join(key)}},
    }
