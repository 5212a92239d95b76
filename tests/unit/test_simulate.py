"""The simulated company: the same rows for the same plan, dirty and late as asked."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scoring.contract import Contract
from scoring.errors import CannotRun
from scoring.simulate import Pace, simulate
from scoring.simulate.columns import TYPES
from scoring.simulate.plan import BLOCK
from scoring.simulate.sectors import SECTORS, find_sector
from tests.support.simulated import Company, Options, make, simulated_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parents[2]
TWO_BLOCKS = BLOCK + 500
DIRT, LATE = 0.04, 0.1


@pytest.fixture(scope="module")
def contract(project_dir: Path) -> Contract:
    return simulated_tables(project_dir)


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> Company:
    folder = tmp_path_factory.mktemp("dirty") / "raw"
    return make(
        folder,
        contract,
        {"customers": TWO_BLOCKS, "lines_per_customer": 30, "dirt": DIRT, "late": LATE},
    )


def all_bytes(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def schemas(folder: Path) -> Iterator[tuple[str, str, pa.Schema]]:
    """Table, file name and schema of each file."""
    for path in sorted(folder.rglob("*.parquet")):
        source, table = path.relative_to(folder).parts[:2]
        yield f"{source}.{table}", path.stem, pq.read_schema(path)


def test_the_same_plan_gives_the_same_bytes_and_another_seed_does_not(
    dirty: Company, contract: Contract, tmp_path: Path
) -> None:
    plan = dirty.plan
    again = simulate(tmp_path / "again", plan, contract)
    assert all_bytes(again.folder) == all_bytes(dirty.made.folder)
    assert all_bytes(again.truth) == all_bytes(dirty.made.truth)
    other = simulate(tmp_path / "other", dataclasses.replace(plan, seed=6), contract)
    mine, others = all_bytes(dirty.made.folder), all_bytes(other.folder)
    assert {name for name in mine if mine[name] == others.get(name)} == set()


def test_rows_do_not_depend_on_how_many_are_made_at_a_time(
    dirty: Company, contract: Contract, tmp_path: Path
) -> None:
    other = simulate(tmp_path / "raw", dirty.plan, contract, Pace(workers=3, rows_per_group=1_000))
    for ours, theirs in ((dirty.made.folder, other.folder), (dirty.made.truth, other.truth)):
        names = sorted(path.relative_to(ours) for path in ours.rglob("*.parquet"))
        assert names == sorted(path.relative_to(theirs) for path in theirs.rglob("*.parquet"))
        for name in names:
            assert pq.read_table(ours / name).equals(pq.read_table(theirs / name)), name
    lines = sorted((other.folder / "sales/order_lines").glob("part-????.parquet"))
    assert pq.ParquetFile(lines[0]).num_row_groups > 1
    assert other.planted == dirty.made.planted


def test_every_table_and_column_has_the_type_of_the_contract(
    dirty: Company, contract: Contract
) -> None:
    wanted = {
        table.full_name: {column.name: TYPES[column.data_type] for column in table.columns}
        for table in contract.tables
    }
    found = set()
    for table, file, schema in schemas(dirty.made.folder):
        types = dict(zip(schema.names, schema.types, strict=True))
        as_text = dict.fromkeys(wanted[table], pa.string())
        assert types == (as_text if file.endswith("-text") else wanted[table]), (table, file)
        assert list(types) == list(wanted[table])
        found.add(table)
    assert found == set(wanted)


def test_dirt_comes_at_the_asked_rate_in_every_kind(dirty: Company) -> None:
    for table in ("sales.orders", "sales.order_lines", "marketing.touches", "crm.interactions"):
        counts = dirty.made.planted[table]
        good = counts["accepted"] + counts["anonymous"]
        refused = sum(count for name, count in counts.items() if name.startswith("rejected"))
        assert refused / good == pytest.approx(DIRT / 2, rel=0.15), table
        assert counts["exact_duplicate"] / good == pytest.approx(DIRT / 4, rel=0.2), table
        total = sum(count for name, count in counts.items() if name != "rows")
        assert total == counts["rows"], table
    reasons = {name for counts in dirty.made.planted.values() for name in counts}
    assert {name.removeprefix("rejected: ") for name in reasons if "rejected" in name} == {
        "null_in_required_column",
        "out_of_range",
        "later_than_delivery",
        "not_a_timestamp",
        "not_a_date",
        "not_a_integer",
        "not_a_decimal",
        "not_a_boolean",
        "currency_without_rate",
        "line_without_order",
        "negative_amount_without_return",
    }


def test_planted_rows_are_the_rows_on_disk(dirty: Company) -> None:
    for name, counts in dirty.made.planted.items():
        folder = dirty.made.folder / name.replace(".", "/")
        rows = sum(pq.read_metadata(path).num_rows for path in folder.glob("*.parquet"))
        assert rows == counts["rows"], name


def test_late_rows_lie_in_the_file_of_a_later_month(dirty: Company) -> None:
    share = dirty.number(
        "select avg(cast(date_trunc('month', _loaded_at) > date_trunc('month', ordered_at) "
        "as int)) from orders where status = 'completed' and ordered_at between date '2025-03-10' "
        "and date '2025-05-31'"
    )
    assert share == pytest.approx(LATE, rel=0.2)
    parts = dirty.all(
        "select distinct parse_filename(filename), date_trunc('month', _loaded_at) from "
        f"read_parquet('{dirty.made.folder}/sales/orders/part-????.parquet', filename = true) "
        "order by 1"
    )
    months = [month for _, month in parts]
    assert months == sorted(set(months))
    assert len(parts) == dirty.plan.part_count


@pytest.mark.parametrize("sector", sorted(SECTORS))
def test_every_sector_fills_every_table(sector: str, contract: Contract, tmp_path: Path) -> None:
    company = make(tmp_path / "raw", contract, {"sector": find_sector(sector)})
    for table in contract.tables:
        assert company.made.planted[table.full_name]["accepted"] > 0, table.full_name
    currencies = {name for name, _ in company.plan.sector.currencies}
    found = {row[0] for row in company.all("select distinct currency from orders")} - {"XXX"}
    assert found <= currencies


def test_a_table_of_which_nothing_happened_is_delivered_without_rows(
    contract: Contract, tmp_path: Path
) -> None:
    company = make(tmp_path / "raw", contract, {"customers": 1, "days": 1})
    assert company.made.planted["crm.feedback"]["rows"] == 0
    found = {table: schema.names for table, _, schema in schemas(company.made.folder)}
    for table in contract.tables:
        assert found[table.full_name] == [column.name for column in table.columns]


def test_sales_alone_have_ten_columns_a_table(contract: Contract, tmp_path: Path) -> None:
    company = make(tmp_path / "raw", contract, {"tables": "sales", "lines_per_customer": 20})
    found = {table: schema.names for table, _, schema in schemas(company.made.folder)}
    assert set(found) == {"sales.orders", "sales.order_lines"}
    assert {len(names) for names in found.values()} == {10}
    for table, names in found.items():
        required = [c.name for c in contract.table(*table.split(".")).columns if c.required]
        assert set(required) <= set(names)
    assert company.number("select count(*) / 600 from order_lines") == pytest.approx(20, rel=0.15)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"customers": 0}, "--customers is 0: use a value from 1 to"),
        ({"dirt": 0.9}, "--dirt is 0.9"),
        ({"late": -0.1}, "--late is -0.1"),
        ({"days": 0}, "--days is 0"),
        ({"tables": "some"}, "use all or sales"),
    ],
)
def test_values_out_of_range_are_named(
    options: Options, said: str, contract: Contract, tmp_path: Path
) -> None:
    with pytest.raises(CannotRun, match=said):
        make(tmp_path / "raw", contract, options)


def test_a_folder_that_holds_something_is_left_alone(contract: Contract, tmp_path: Path) -> None:
    kept = tmp_path / "raw" / "mine.txt"
    kept.parent.mkdir()
    kept.write_text("mine", encoding="utf-8")
    with pytest.raises(CannotRun, match="holds something already"):
        make(tmp_path / "raw", contract)
    assert kept.read_text(encoding="utf-8") == "mine"


def test_a_simulation_that_fails_leaves_nothing(contract: Contract, tmp_path: Path) -> None:
    def stop(_done: int, _count: int) -> None:
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        make(tmp_path / "raw", contract, pace=Pace(report=stop))
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_number_of_customers(tmp_path: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path;"
        "from scoring.contract import read_contract;"
        "from scoring.simulate import Pace, simulate; from scoring.simulate.plan import make_plan;"
        "from scoring.simulate.sectors import find_sector;"
        "plan = make_plan(customers=int(sys.argv[2]), days=60, seed=1, lines_per_customer=5,"
        "sector=find_sector('commerce'));"
        "simulate(Path(sys.argv[1]), plan, read_contract(Path(sys.argv[3])), Pace(2, 2_000));"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peaks = []
    for customers in (3 * BLOCK, 12 * BLOCK):
        arguments = [str(tmp_path / str(customers)), str(customers), str(PROJECT)]
        result = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        peaks.append(int(result.stdout))
    assert peaks[1] < 1.25 * peaks[0]


def test_the_command_writes_a_company_or_says_why_not(tmp_path: Path) -> None:
    def command(*options: str) -> subprocess.CompletedProcess[str]:
        arguments = [str(tmp_path / "raw"), "--customers", "50", "--days", "60", *options]
        return subprocess.run(
            [sys.executable, "-m", "scoring.cli", "simulate", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )

    refused = command("--sector", "farming")
    assert refused.returncode == 2
    assert "there is no sector 'farming' to simulate: use commerce, ecommerce" in refused.stderr
    made = command("--sector", "banking")
    assert made.returncode == 0
    assert made.stdout.startswith("written: ")
    assert (tmp_path / "raw-truth" / "parameters.json").is_file()
