"""The simulated company: the same rows for the same plan, and causes that can be found again."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scoring.contract import Contract, read_contract
from scoring.errors import CannotRun
from scoring.simulate import Pace, Simulation, simulate, truth_folder
from scoring.simulate.columns import TYPES
from scoring.simulate.plan import BLOCK, Plan, make_plan
from scoring.simulate.sectors import SECTORS, find_sector

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parents[2]
TWO_BLOCKS = BLOCK + 500
Options = dict[str, Any]
DIRT, LATE = 0.04, 0.1


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


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The tables that are made: verdicts on duplicates are what a person adds."""
    tables = read_contract(PROJECT).tables
    return Contract(tuple(table for table in tables if table.name != "identity_links"))


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> Company:
    folder = tmp_path_factory.mktemp("dirty") / "raw"
    return make(
        folder,
        contract,
        {"customers": TWO_BLOCKS, "lines_per_customer": 30, "dirt": DIRT, "late": LATE},
    )


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> Company:
    folder = tmp_path_factory.mktemp("clean") / "raw"
    sector = dataclasses.replace(find_sector("commerce"), invoice_share=0.3)
    options = {"customers": 2_000, "days": 365, "dirt": 0, "late": 0, "sector": sector}
    return make(folder, contract, options)


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


def test_without_dirt_and_lateness_every_row_counts_and_comes_the_same_day(clean: Company) -> None:
    for name, counts in clean.made.planted.items():
        odd = set(counts) - {"rows", "accepted", "anonymous", "superseded"}
        assert not odd, name
    assert not list(clean.made.folder.rglob("*-text.parquet"))
    assert (
        clean.number("select count(*) from order_lines as l anti join orders using (order_id)") == 0
    )
    assert (
        clean.number(
            "select max(cast(_loaded_at as date) - cast(responded_at as date)) from responses"
        )
        == 0
    )


def test_nothing_is_delivered_before_it_is_known(clean: Company, contract: Contract) -> None:
    for table in contract.tables:
        for column in table.columns:
            if column.data_type == "timestamp" and not column.may_be_future:
                early = f"select count(*) from {table.name} where {column.name} > _loaded_at"
                assert clean.number(early) == 0, (table.full_name, column.name)


def test_a_cancellation_becomes_known_in_a_later_delivery(clean: Company) -> None:
    versions = clean.all(
        "select list(status order by _loaded_at), list(status_at is null order by _loaded_at) "
        "from orders group by order_id having count(*) > 1"
    )
    assert len(versions) == clean.made.planted["sales.orders"]["superseded"] > 50
    assert {str(row) for row in versions} == {"(['completed', 'cancelled'], [True, False])"}


def test_lines_are_as_many_as_asked_for_and_add_up_to_their_orders(clean: Company) -> None:
    assert clean.number("select count(*) / 2000 from order_lines") == pytest.approx(50, rel=0.1)
    wrong = clean.number(
        "select count(*) from (select distinct order_id, amount, discount_amount, coupon_amount "
        "from orders) as o left join (select order_id, sum(net_amount) as net, "
        "sum(discount_amount) as cut, sum(coupon_amount) as coupon from order_lines "
        "group by order_id) as l using (order_id) "
        "where (o.amount, o.discount_amount, o.coupon_amount) is distinct from (net, cut, coupon)"
    )
    assert wrong == 0


ORDERS = (
    "(select truth.*, orders.* from truth left join (select customer_id, count(*) as order_count, "
    "avg(amount) as mean_amount from (select distinct customer_id, order_id, amount from orders "
    "where amount > 0) group by customer_id) as orders using (customer_id) where is_active_at_end "
    "and second_customer_id is null and buys_from < date '2024-07-02')"
)


def test_orders_come_from_the_latent_rate(clean: Company) -> None:
    assert clean.rank_correlation("order_rate", "coalesce(order_count, 0)", ORDERS) >= 0.8
    assert clean.rank_correlation("amount_per_order", "mean_amount", ORDERS) >= 0.75
    stopped = clean.number(
        "select count(*) from orders inner join truth using (customer_id) "
        "where ordered_at > churned_at + interval 21 days"
    )
    assert stopped == 0


LAST_INVOICES = (
    "(from invoices qualify _loaded_at = max(_loaded_at) over (partition by invoice_id)) "
    "where due_date < date '2025-06-20'"
)


@pytest.mark.parametrize(
    ("cause", "effect", "relation", "least"),
    [
        ("satisfaction", "avg(rating)", "feedback where feedback_type = 'nps'", 0.6),
        (
            "risk",
            "avg(coalesce(cast(paid_at as date), date '2025-07-01') - due_date)",
            LAST_INVOICES,
            0.3,
        ),
        ("digital", "count(*)", "interactions where not is_bot", 0.3),
        ("solicitation", "count(*)", "touches where not is_transactional", 0.3),
        (
            "activity",
            "avg(cast(value as double))",
            "customer_attributes where attribute = 'interest_index'",
            0.7,
        ),
    ],
)
def test_what_is_written_tells_of_its_cause(
    clean: Company, cause: str, effect: str, relation: str, least: float
) -> None:
    seen = f"(select customer_id, {effect} as effect from {relation} group by customer_id)"
    joined = f"{seen} inner join truth using (customer_id)"
    assert clean.rank_correlation(cause, "effect", joined) >= least


def test_one_attribute_tells_nothing(clean: Company) -> None:
    value = "cast(customer_attributes.value as double)"
    told = (
        "customer_attributes inner join truth using (customer_id) where attribute = 'lucky_number'"
    )
    for cause in ("activity", "spending", "satisfaction", "risk", "responsiveness", "fit"):
        found = clean.rank_correlation(value, cause, told)
        assert abs(found) < 0.08, cause


def test_answers_come_from_liking_and_fewer_under_pressure(
    clean: Company, contract: Contract, tmp_path: Path
) -> None:
    rates = (
        "(select customer_id, count(r.touch_id) / count(*) as rate, count(*) as sent from touches "
        "as t left join responses as r using (customer_id, touch_id) where not is_control and "
        "not is_transactional and t.status = 'sent' group by customer_id having sent >= 5) "
        "inner join truth using (customer_id)"
    )
    assert clean.rank_correlation("response_probability_at_rest", "rate", rates) >= 0.35
    sector = dataclasses.replace(find_sector("commerce"), campaigns_per_month=15)
    pressed = make(
        tmp_path / "raw",
        contract,
        {"customers": 2_000, "sector": sector, "dirt": 0, "late": 0},
    )
    mean = f"select avg(rate) from {rates}"
    assert pressed.number(mean) < 0.75 * clean.number(mean)


def test_the_holdout_is_persistent_and_never_approached(clean: Company) -> None:
    kinds = clean.all(
        "select distinct is_holdout, is_control from touches inner join truth using (customer_id) "
        "where not is_transactional order by all"
    )
    assert kinds == [(False, False), (True, True)]
    assert clean.number("select avg(cast(is_holdout as int)) from truth") == pytest.approx(
        0.1, abs=0.02
    )
    answers = "select count(*) from responses inner join truth using (customer_id) where is_holdout"
    assert clean.number(answers) == 0


def test_leads_of_prospects_are_won_by_fit(clean: Company) -> None:
    won, lost = clean.all(
        "select outcome, avg(fit) from leads inner join truth using (customer_id) "
        "where outcome is not null group by outcome order by outcome desc"
    )
    assert won[1] > lost[1] + 0.4
    early = clean.number(
        "select count(*) from orders inner join truth using (customer_id) where is_prospect "
        "and ordered_at < buys_from - interval 1 day"
    )
    assert early == 0


def test_second_records_are_merged_into_their_person(clean: Company) -> None:
    merged = clean.all(
        "select t.customer_id, t.second_customer_id from customers as c inner join truth as t "
        "on c.customer_id = t.second_customer_id and c.merged_into = t.customer_id order by all"
    )
    wanted = clean.all(
        "select customer_id, second_customer_id from truth where second_customer_id is not null "
        "order by all"
    )
    assert merged == wanted
    assert len(wanted) > 5
    after = (
        "select count(*) from orders as o inner join truth as t "
        "on o.customer_id = t.second_customer_id where o.ordered_at > t.merged_at"
    )
    assert clean.number(after) == 0


def test_the_truth_lies_beside_the_raw_data_and_holds_the_parameters(clean: Company) -> None:
    assert clean.made.truth == truth_folder(clean.made.folder)
    assert clean.made.folder not in clean.made.truth.parents
    document = json.loads((clean.made.truth / "parameters.json").read_text(encoding="utf-8"))
    assert document["plan"]["customers"] == 2_000
    assert set(document) >= {"seasonality", "response_curve", "planted"}
    assert clean.number("select count(*) from truth") == 2_000


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
