"""The seeded sample: always the same bytes, every table, and faults that are judged as planned."""

import csv
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from scoring.errors import CannotRun
from scoring.sample import SamplePlan, generate_sample

PROJECT = Path(__file__).resolve().parents[2]
COMMITTED = PROJECT / "data" / "sample"
CURRENCIES = {"USD", "EUR", "GBP", "CHF", None}
DELIVERED_ON = datetime(2026, 1, 1)  # noqa: DTZ001
Cells = dict[str, Any]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SamplePlan]:
    folder = tmp_path_factory.mktemp("sample")
    return folder, generate_sample(folder)


@pytest.fixture(scope="module")
def contract() -> dict[str, Cells]:
    """The tables of the sample: verdicts on duplicates are what a person adds."""
    tables = {}
    for path in sorted((PROJECT / "models" / "staging").glob("*/_*__sources.yml")):
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]:
            for table in source["tables"]:
                tables[f"{source['name']}.{table['name']}"] = table
    del tables["crm.identity_links"]
    return tables


def all_files(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def read_cells(path: Path) -> Iterator[Cells]:
    """Rows of one file as text, None where empty."""
    if path.suffix == ".parquet":
        rows: Any = pq.read_table(path).to_pylist()
    elif path.suffix == ".jsonl":
        rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    for row in rows:
        yield {key: None if value in (None, "") else str(value) for key, value in row.items()}


def read_table(folder: Path, table: str) -> list[Cells]:
    """Rows of one table in order of delivery."""
    base = folder / table.replace(".", "/")
    paths = sorted([*base.parent.glob(f"{base.name}.*"), *base.glob("**/*.*")])
    return [cells for path in paths for cells in read_cells(path)]


def cast(value: str, data_type: str) -> datetime | date | float:
    """The typed value.

    Raises:
        ValueError: It does not cast.
    """
    if data_type == "timestamp":
        return datetime.fromisoformat(value).replace(tzinfo=None)
    if data_type == "date":
        return date.fromisoformat(value)
    if data_type == "integer":
        return int(value)
    if data_type == "boolean":
        return {"true": True, "false": False}[value.lower()]
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def contract_reason(cells: Cells, columns: list[Cells]) -> str | None:
    """Why the contract alone refuses a row: the first column at fault decides."""
    loaded = cells.get("_loaded_at")
    delivered_at = datetime.fromisoformat(loaded) if loaded else DELIVERED_ON
    for column in columns:
        reason = column_reason(cells.get(column["name"]), column, delivered_at)
        if reason:
            return reason
    return None


def column_reason(value: str | None, column: Cells, delivered_at: datetime) -> str | None:
    meta = column.get("config", {}).get("meta", {})
    data_type = column["data_type"]
    if value is None:
        required = meta.get("required") and not meta.get("nullable")
        return "null_in_required_column" if required else None
    if data_type == "text":
        return None
    try:
        typed = cast(value, data_type)
    except (ValueError, KeyError):
        return f"not_a_{data_type}"
    if isinstance(typed, date):
        day = typed.date() if isinstance(typed, datetime) else typed
        return day_reason(day, meta, delivered_at.date())
    low, high = meta.get("min", -math.inf), meta.get("max", math.inf)
    return None if float(low) <= typed <= float(high) else "out_of_range"


def day_reason(day: date, meta: Cells, delivered_on: date) -> str | None:
    if day < date.fromisoformat(meta.get("min", "1990-01-01")):
        return "out_of_range"
    if meta.get("may_be_future"):
        return "out_of_range" if day > date(2090, 1, 1) else None
    return "later_than_delivery" if day > delivered_on else None


def link_reason(table: str, cells: Cells, orders: set[str]) -> str | None:
    """Why a row is refused that keeps its own contract."""
    if cells.get("currency") not in CURRENCIES:
        return "currency_without_rate"
    if table == "sales.order_lines":
        if cells["order_id"] not in orders:
            return "line_without_order"
        if float(cells["net_amount"]) < 0 < float(cells["quantity"] or 0):
            return "negative_amount_without_return"
    return None


def judge(folder: Path, name: str, table: Cells, orders: set[str]) -> tuple[Cells, list[Cells]]:
    """Account for a table by its rules, knowing nothing of the generator; and its kept rows."""
    columns = table["columns"]
    meta = table["config"]["meta"]
    nobody = next(
        (
            column["name"]
            for column in columns
            if column["name"] == meta.get("person")
            and column.get("config", {}).get("meta", {}).get("nullable")
        ),
        None,
    )
    rows = read_table(folder, name)
    counts: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    kept: list[Cells] = []
    by_key: defaultdict[tuple[Any, ...], list[Cells]] = defaultdict(list)
    for cells in rows:
        reason = contract_reason(cells, columns)
        if reason:
            rejected[reason] += 1
        else:
            by_key[tuple(cells.get(column) for column in meta["key"])].append(cells)
    for versions in by_key.values():
        *others, winner = sorted(versions, key=lambda cells: cells.get("_loaded_at") or "")
        for cells in others:
            counts["exact_duplicate" if cells == winner else "superseded"] += 1
        reason = link_reason(name, winner, orders)
        if reason:
            rejected[reason] += 1
        else:
            kept.append(winner)
            counts["anonymous" if nobody and winner.get(nobody) is None else "accepted"] += 1
    names = ("accepted", "anonymous", "exact_duplicate", "superseded")
    account = {"row_count": len(rows), "rejected": dict(rejected)}
    return account | {status: counts[status] for status in names}, kept


def test_two_generations_are_equal_byte_for_byte(
    sample: tuple[Path, SamplePlan], tmp_path: Path
) -> None:
    again = generate_sample(tmp_path)

    assert again == sample[1]
    assert all_files(tmp_path) == all_files(sample[0])


def test_another_seed_gives_another_sample(sample: tuple[Path, SamplePlan], tmp_path: Path) -> None:
    generate_sample(tmp_path, seed=7)

    different, fresh = all_files(tmp_path), all_files(sample[0])
    assert different.keys() == fresh.keys()
    assert different["sales/orders/2024-05.csv"] != fresh["sales/orders/2024-05.csv"]


def test_committed_sample_is_what_the_generator_writes(sample: tuple[Path, SamplePlan]) -> None:
    committed, fresh = all_files(COMMITTED), all_files(sample[0])
    committed.pop("README.md")

    assert committed.keys() == fresh.keys()
    # Parquet is compared by content: its bytes name the version of the library that wrote them.
    binary = {name for name in fresh if name.endswith(".parquet")}
    assert [name for name in fresh.keys() - binary if committed[name] != fresh[name]] == []
    for name in binary:
        assert pq.read_schema(COMMITTED / name) == pq.read_schema(sample[0] / name)
        assert list(read_cells(COMMITTED / name)) == list(read_cells(sample[0] / name))


def test_committed_sample_is_small() -> None:
    contents = all_files(COMMITTED)

    assert sum(map(len, contents.values())) <= 1_200_000
    assert len(contents) <= 60


def test_older_sample_in_the_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    generate_sample(tmp_path)
    stale = tmp_path / "sales" / "orders" / "2023-01.csv"
    stale.write_text("order_id\n", encoding="utf-8")

    generate_sample(tmp_path)

    assert not stale.exists()


def test_folder_with_other_raw_data_is_not_touched(tmp_path: Path) -> None:
    own = tmp_path / "sales" / "orders.csv"
    own.parent.mkdir()
    own.write_text("order_id\n1\n", encoding="utf-8")

    with pytest.raises(CannotRun, match="not a sample"):
        generate_sample(tmp_path)

    assert all_files(tmp_path) == {"sales/orders.csv": b"order_id\n1\n"}


def test_too_few_people_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="at least 200 people, not 20"):
        generate_sample(tmp_path, people=20)


def test_every_table_of_the_contract_is_written(
    sample: tuple[Path, SamplePlan], contract: dict[str, Cells]
) -> None:
    folder, plan = sample

    assert plan.tables.keys() == contract.keys()
    assert all(read_table(folder, name) for name in contract)


def test_delivered_columns_are_the_contract_less_the_absent_ones(
    sample: tuple[Path, SamplePlan], contract: dict[str, Cells]
) -> None:
    folder, plan = sample

    for name, table in contract.items():
        delivered = set().union(*(cells.keys() for cells in read_table(folder, name)))
        absent = set(plan.absent_columns.get(name, ()))
        absent |= {"_loaded_at"} if name != "crm.leads" else set()
        assert delivered == {column["name"] for column in table["columns"]} - absent, name


def test_planted_counts_add_up_to_the_raw_rows(sample: tuple[Path, SamplePlan]) -> None:
    folder, plan = sample

    for name, table in plan.tables.items():
        parts = table.accepted + table.anonymous + table.exact_duplicate + table.superseded
        assert parts + sum(table.rejected.values()) == table.row_count, name
        assert len(read_table(folder, name)) == table.row_count, name


def test_planted_file_holds_the_plan(sample: tuple[Path, SamplePlan]) -> None:
    folder, plan = sample

    written = json.loads((folder / "planted.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(asdict(plan)))


@pytest.mark.parametrize("people", [200, 400])
def test_rows_judged_by_the_rules_give_the_planted_counts(
    contract: dict[str, Cells], tmp_path: Path, people: int
) -> None:
    plan = generate_sample(tmp_path, people=people)

    _, kept = judge(tmp_path, "sales.orders", contract["sales.orders"], set())
    orders = {cells["order_id"] for cells in kept}
    for name, table in contract.items():
        account, _ = judge(tmp_path, name, table, orders)
        assert account == asdict(plan.tables[name]), name


def test_every_reason_is_planted(sample: tuple[Path, SamplePlan]) -> None:
    reasons = {reason for table in sample[1].tables.values() for reason in table.rejected}

    assert reasons == {
        "null_in_required_column",
        "not_a_boolean",
        "not_a_date",
        "not_a_decimal",
        "not_a_integer",
        "not_a_timestamp",
        "out_of_range",
        "later_than_delivery",
        "currency_without_rate",
        "line_without_order",
        "negative_amount_without_return",
    }


def test_faults_stay_below_what_stops_a_run(sample: tuple[Path, SamplePlan]) -> None:
    for name, table in sample[1].tables.items():
        limit = 0.05 if table.row_count >= 100 else 0.5
        assert sum(table.rejected.values()) <= limit * table.row_count, name


def test_accents_commas_and_quotes_survive(sample: tuple[Path, SamplePlan]) -> None:
    people = read_table(sample[0], "crm.customers")

    assert {"Zoé", "Łukasz"} <= {cells["first_name"] for cells in people}
    assert {"Müller", "O'Brien", 'Smith, "Junior"'} <= {cells["last_name"] for cells in people}
    assert any("\n" in (cells["address"] or "") for cells in people)
    awkward_person, awkward_order = sample[1].groups["awkward_keys"]
    orders = read_table(sample[0], "sales.orders")
    assert awkward_person in {cells["customer_id"] for cells in people}
    assert awkward_person in {cells["customer_id"] for cells in orders}
    assert awkward_order in {cells["order_id"] for cells in orders}


def test_kept_events_span_the_days_that_the_plan_says(
    sample: tuple[Path, SamplePlan], contract: dict[str, Cells]
) -> None:
    folder, plan = sample
    days: set[str] = set()
    planned: set[str] = set()
    for name, table in contract.items():
        event_at = table["config"]["meta"].get("event_at")
        _, kept = judge(folder, name, table, set())
        for cells in kept if event_at else ():
            later = cells.get("status") == "planned" and cells[event_at] >= plan.as_of_date
            (planned if later else days).add(cells[event_at][:10])

    assert min(days) == plan.first_event_date == "2024-01-03"
    assert max(days) == "2025-06-29"
    assert plan.as_of_date == "2025-06-30"
    assert planned


def test_people_are_planted_as_named(
    sample: tuple[Path, SamplePlan], contract: dict[str, Cells]
) -> None:
    folder, plan = sample
    _, profiles = judge(folder, "crm.customers", contract["crm.customers"], set())
    _, orders = judge(folder, "sales.orders", contract["sales.orders"], set())
    latest: dict[str, Cells] = {}
    for cells in sorted(profiles, key=lambda cells: str(cells["updated_at"])):
        latest[cells["customer_id"]] = cells
    groups = plan.groups

    assert len(latest) == plan.people == 400
    assert {key: cells["merged_into"] for key, cells in latest.items() if cells["merged_into"]} == (
        plan.merged_into
    )
    first, second, last = groups["merge_chain"]
    left, right = groups["merge_cycle"]
    assert (plan.merged_into[first], plan.merged_into[second]) == (second, last)
    assert (plan.merged_into[left], plan.merged_into[right]) == (right, left)
    assert last not in plan.merged_into
    objecting = {k for k, cells in latest.items() if cells["profiling_objection"] == "true"}
    assert objecting == set(groups["profiling_objections"])
    assert len(objecting) == 5
    assert len(objecting & plan.merged_into.keys()) == 1
    deleted = {key for key, cells in latest.items() if cells["deleted_at"]}
    assert deleted == set(groups["deleted"])
    assert len(deleted) == 3
    buyers = {cells["customer_id"] for cells in orders}
    assert latest.keys() - buyers == set(groups["without_order"])
    assert len(groups["without_order"]) >= 60
    assert len(plan.merged_into) >= 12


def test_people_known_only_elsewhere_have_rows_there_and_no_profile(
    sample: tuple[Path, SamplePlan], contract: dict[str, Cells]
) -> None:
    folder, plan = sample
    kept = {
        name: {cells["customer_id"] for cells in judge(folder, name, contract[name], set())[1]}
        for name in ("crm.customers", "sales.orders", "crm.interactions", "crm.leads")
    }
    outsiders = set(plan.groups["known_only_elsewhere"])

    assert len(outsiders) == 8
    assert not outsiders & kept["crm.customers"]
    assert outsiders <= kept["sales.orders"] | kept["crm.interactions"] | kept["crm.leads"]
    assert all(outsiders & kept[name] for name in kept.keys() - {"crm.customers"})


def test_planted_touches_and_behaviour_are_there(sample: tuple[Path, SamplePlan]) -> None:
    folder, _ = sample
    touches = read_table(folder, "marketing.touches")
    campaigns = {cells["campaign_id"] for cells in read_table(folder, "marketing.campaigns")}
    invoices = read_table(folder, "finance.invoices")
    loans = read_table(folder, "finance.loans")
    orders = read_table(folder, "sales.orders")

    assert {"sent", "planned", "failed"} <= {cells["status"] for cells in touches}
    assert any(cells["is_control"] == "true" for cells in touches)
    assert any(cells["is_transactional"] == "true" for cells in touches)
    assert {cells["campaign_id"] for cells in touches} - campaigns - {None} == {"CMP99"}
    assert any(cells["paid_at"] is None for cells in invoices)
    assert any((cells["paid_at"] or "") > (cells["due_date"] or "9") for cells in invoices)
    assert any(cells["defaulted_at"] for cells in loans)
    assert any(cells["collateral_value"] for cells in loans)
    assert any(str(cells["amount"]).startswith("-") for cells in orders)
    assert any(
        cells["status"] == "cancelled" and str(cells["status_at"]) > str(cells["ordered_at"])
        for cells in orders
    )
