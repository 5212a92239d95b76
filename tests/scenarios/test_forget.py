"""Who asks to be forgotten is in no file and no table afterwards, and does not come back."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from scoring.contract import read_contract
from scoring.errors import CannotRun, ChecksFailed
from scoring.forget.command import forget
from scoring.publish import publish
from scoring.restore import restore_history
from scoring.settings import Settings
from scoring.warehouse import WAREHOUSE_STORAGE, connect, literal, storage_version
from tests.support.dbt import WAREHOUSE_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import SmallProject
    from tests.scenarios.conftest import Warehouse
    from tests.support.dbt import Dbt

# Merged by the CRM: both keys are one person.
PERSON, RECORDS = "C0375", {"C0272", "C0375"}
EMAILS = ("person.272@example.org", "person.375@example.org")
RUNS = ("20250630T000000Z-000001", "20250630T000000Z-000002")


@dataclass(frozen=True)
class Company:
    """A company with the sample as its raw data, two published versions and a log."""

    settings: Settings

    @property
    def raw(self) -> Path:
        return self.settings.raw_location

    def count(self, path: Path, table: str) -> int:
        """Rows of a table that name the person by a key."""
        keys = ", ".join(literal(key) for key in sorted(RECORDS))
        with connect(path, read_only=True) as connection:
            row = connection.execute(
                f"select count(*) from {table} where customer_id in ({keys})"
            ).fetchone()
        return int(row[0]) if row else -1


@pytest.fixture
def company(
    project_dir: Path,
    tmp_path: Path,
    built_sample: Warehouse,
    dbt: Dbt,
    small_project: SmallProject,
) -> Company:
    project = tmp_path / "project"
    project.mkdir()
    (project / "models").symlink_to(project_dir / "models")
    shutil.copy(project_dir / "dbt_project.yml", project)
    shutil.copytree(project_dir / "data" / "sample", tmp_path / "company-raw")
    settings = Settings(
        project_dir=project,
        raw_location=tmp_path / "company-raw",
        warehouse_path=tmp_path / "warehouse" / WAREHOUSE_NAME,
        published_dir=tmp_path / "published-company",
        sector="commerce",
        as_of_date=None,
        run_id=RUNS[0],
    )
    settings.warehouse_path.parent.mkdir(exist_ok=True)
    shutil.copy(built_sample.path, settings.warehouse_path)
    settings.target_dir.mkdir(parents=True)
    manifest = json.dumps(dbt.manifest(), default=str)
    (settings.target_dir / "manifest.json").write_text(manifest, encoding="utf-8")
    pii = read_contract(project).pii_columns
    for run_id in RUNS:
        publish(replace(settings, run_id=run_id), pii, small_project.record(run_id))
    settings.log_dir.mkdir(parents=True)
    log = f"all is well\nthe row of {EMAILS[0]} was refused\nC02720 is somebody else\n"
    (settings.log_dir / "dbt.log").write_text(log, encoding="utf-8")
    _as_parquet(settings.raw_location / "crm" / "feedback.csv")
    return Company(settings)


def _as_parquet(path: Path) -> None:
    """The same rows, and one of the person, as Parquet: that format holds a person too then."""
    with connect(path.with_name("scratch.duckdb")) as connection:
        connection.execute(
            f"copy (select * from read_csv({literal(path)}, all_varchar = true) union all by name"
            f" select 'planted' as feedback_id, '{PERSON}' as customer_id)"
            f" to {literal(path.with_suffix('.parquet'))} (format parquet)"
        )
    path.with_name("scratch.duckdb").unlink()
    path.unlink()


def _lines(path: Path) -> set[str]:
    return set(path.read_text(encoding="utf-8").splitlines())


def test_a_person_is_forgotten_everywhere_and_does_not_come_back(
    company: Company, dbt: Dbt
) -> None:
    settings, raw = company.settings, company.raw
    customers = raw / "crm" / "customers" / "2024.csv"
    delivered = customers.read_text(encoding="utf-8")
    with pytest.raises(CannotRun, match="nobody has the key"):
        forget(settings, "C9999", for_good=True)

    planned = forget(settings, PERSON, for_good=False)
    assert planned.traces.ids == RECORDS, "the record that was merged into it is the person too"
    assert {".csv", ".jsonl", ".parquet", ".duckdb", ".log"} <= {
        place.path.suffix for place in planned.places
    }
    assert customers.read_text(encoding="utf-8") == delivered, "a dry run changes nothing"
    people = company.count(settings.warehouse_path, "marts.score_history")
    assert people > 0

    # No table of the contract: the note that lists the merged people, and a letter.
    leftovers = raw / "planted.json", raw / "crm" / "customers.bak"
    leftovers[1].write_text(f"by mail;{EMAILS[1].upper()};\n", encoding="utf-8")
    with pytest.raises(ChecksFailed, match=r"customers\.bak: 1\n.*planted\.json: 1\n"):
        forget(settings, PERSON, for_good=True)
    for leftover in leftovers:
        leftover.unlink()
    done = forget(settings, PERSON, for_good=True)
    assert done.proof is not None
    assert done.proof.leftovers == ()

    # What belongs to others stays, to the letter.
    gone = set(delivered.splitlines()) - _lines(customers)
    assert gone
    assert all(line.split(",")[0] in RECORDS for line in gone)
    log = (settings.log_dir / "dbt.log").read_text(encoding="utf-8")
    assert log == "all is well\nC02720 is somebody else\n"
    for path in (settings.warehouse_path, *settings.published_dir.glob("2*/restricted.duckdb")):
        assert company.count(path, "marts.score_history") == 0
        assert company.count(path, "snapshots.snap_customer_cells") == 0
        with connect(path, read_only=True) as connection:
            rows = connection.execute("select count(*) from marts.score_history").fetchone()
            assert storage_version(connection, path.stem) == WAREHOUSE_STORAGE
        assert rows is not None
        assert rows[0] > 0
    # A warehouse that is lost gets the register back with the histories.
    lost = settings.warehouse_path.with_name("lost.duckdb")
    settings.warehouse_path.rename(lost)
    assert "restricted.forgotten_people" in restore_history(
        settings.warehouse_path, settings.published_dir
    )
    lost.replace(settings.warehouse_path)
    for run in RUNS:
        folder = settings.published_dir / run
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        assert company.count(folder / "scoring.duckdb", "marts.scored_customers") == 0
        size = (folder / "parquet" / "scored_customers.parquet").stat().st_size
        assert manifest["files"]["parquet/scored_customers.parquet"]["bytes"] == size

    # The old file is delivered again: the register refuses its rows, cells and all.
    customers.write_text(delivered, encoding="utf-8")
    dbt.build(raw, settings.warehouse_path.parent, select=("+stg_crm__customers",))
    with connect(settings.warehouse_path, read_only=True) as connection:
        refused = connection.execute(
            "select row_status, count(*), count(customer_id), count(email), count(_raw)"
            " from staging.stg_crm__customers where row_reason = 'forgotten' group by all"
        ).fetchall()
    assert refused == [("rejected", len(gone), 0, 0, 0)]
    assert company.count(settings.warehouse_path, "staging.stg_crm__customers") == 0


def test_a_key_of_digits_alone_is_looked_for_where_keys_stand(tmp_path: Path) -> None:
    """A panel's household 115 is not the 115 of a price, nor of another column."""
    raw = tmp_path / "raw"
    for name, text in {
        "sales/orders.csv": "order_id,customer_id,amount\n1,115,9\n115,7,115\n",
        "sales/order_lines/a.jsonl": '{"order_id": "1"}\n{"order_id": "115"}\n',
    }.items():
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_text(text, encoding="utf-8")
    project = tmp_path / "project"
    source = project / "models" / "staging" / "sales"
    source.mkdir(parents=True)
    (source / "_sales__sources.yml").write_text(_SALES, encoding="utf-8")
    (source.parent / "crm").mkdir()
    (source.parent / "crm" / "_crm__sources.yml").write_text(_CRM, encoding="utf-8")
    settings = Settings(
        project_dir=project,
        raw_location=raw,
        warehouse_path=tmp_path / "warehouse" / "digits.duckdb",
        published_dir=tmp_path / "published",
        sector="commerce",
        as_of_date=None,
        run_id="digits",
    )
    done = forget(settings, "115", for_good=True)
    assert done.traces.keys == {"order_id": {"1"}}
    assert _lines(raw / "sales/orders.csv") == {
        "order_id,customer_id,amount",
        "115,7,115",
    }
    assert _lines(raw / "sales/order_lines/a.jsonl") == {'{"order_id": "115"}'}


_CRM = """
sources:
  - name: crm
    tables:
      - name: customers
        config: {meta: {key: [customer_id], person: customer_id}}
        columns: [{name: customer_id, data_type: text, description: "Key."}]
"""
_SALES = """
sources:
  - name: sales
    tables:
      - name: orders
        config: {meta: {key: [order_id], person: customer_id}}
        columns: [{name: order_id, data_type: text, description: "Key."}]
      - name: order_lines
        config: {meta: {key: [order_id, line_number]}}
        columns: [{name: order_id, data_type: text, description: "Key."}]
"""
