from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from scoring import panel
from scoring.contract import read_contract

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.once import Once

TABLES = tuple(panel.TABLES)


@pytest.fixture(scope="module")
def folder(once: Once) -> Path:
    return once.made("panel_raw", panel.write_panel)


def _rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    tables = {name.split(".")[1]: f"'{folder}/{name.replace('.', '/')}.parquet'" for name in TABLES}
    return duckdb.sql(query.format(**tables)).fetchall()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select count(*), count(distinct customer_id) from {customers}", (2469, 2469)),
        ("select count(age_band) from {customers}", (801,)),
        ("select count(*), count(distinct order_id) from {orders}", (155848, 155848)),
        (
            "select count(*), count(distinct (order_id, line_number)) from {order_lines}",
            (1469307, 1469307),
        ),
        ("select count(*) from {campaigns}", (27,)),
        ("select count(*), count(distinct touch_id) from {touches}", (6589, 6589)),
        ("select count(*), count(distinct response_id) from {responses}", (2102, 2102)),
        ("select count(distinct touch_id) from {responses}", (792,)),
        ("select count(*), count(distinct product_id) from {products}", (92331, 92331)),
        ("select count(*) from {offers}", (27,)),
        (
            "select count(*), count(distinct (offer_id, product_id)) from {offer_products}",
            (104011, 104011),
        ),
    ],
)
def test_totals_are_those_of_the_package(
    folder: Path, query: str, expected: tuple[int, ...]
) -> None:
    assert _rows(folder, query) == [expected]


def test_lines_add_up_to_their_orders(folder: Path) -> None:
    assert _rows(
        folder,
        """
        select count(*), cast(sum(amount) as varchar)
        from {orders}
        inner join (
            select
                order_id,
                sum(net_amount) as net_amount,
                sum(discount_amount) as discount_amount,
                sum(coupon_amount) as coupon_amount
            from {order_lines}
            group by order_id
        ) as lines using (order_id)
        where amount = net_amount
            and orders.discount_amount = lines.discount_amount
            and orders.coupon_amount = lines.coupon_amount
        """,
    ) == [(155848, "4596039.5800")]


def test_every_redemption_falls_on_a_day_on_which_the_household_shopped(folder: Path) -> None:
    assert _rows(
        folder,
        """
        select count(*)
        from {responses}
        semi join {orders}
            on responses.customer_id = orders.customer_id
            and cast(responded_at as date) = cast(ordered_at as date)
        """,
    ) == [(2102,)]


def test_the_panel_ends_on_the_last_day_of_2017(folder: Path) -> None:
    assert _rows(
        folder,
        """
        select cast(max(moment) as varchar)
        from (
            select max(ordered_at) as moment from {orders}
            union all select max(touched_at) from {touches}
            union all select max(responded_at) from {responses}
        )
        """,
    ) == [("2017-12-31 23:01:20",)]


def test_quantity_is_empty_where_units_mean_nothing(folder: Path) -> None:
    assert _rows(
        folder,
        """
        select max(quantity), count(*) filter (quantity is null), count(*) filter (quantity = 0)
        from {order_lines}
        """,
    )[0][:2] == (144, 11833 + 1164 + 3464 + 1407)


def test_bands_of_size_become_numbers(folder: Path) -> None:
    assert _rows(folder, "select max(household_size), max(children_count) from {customers}") == [
        (5, 3)
    ]


def test_every_column_is_in_the_contract_and_every_required_one_is_there(
    folder: Path, project_dir: Path
) -> None:
    contract = read_contract(project_dir)
    for name in TABLES:
        table = contract.table(*name.split("."))
        path = folder / f"{name.replace('.', '/')}.parquet"
        written = {row[0] for row in duckdb.sql(f"describe from '{path}'").fetchall()}
        assert written <= {column.name for column in table.columns}, name
        assert {c.name for c in table.columns if c.required} <= written, name


def test_a_second_call_writes_nothing(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert not panel.write_panel(folder)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_other_statements_make_what_is_there_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = panel.TABLES
    monkeypatch.setattr(panel, "TABLES", {"sales.offers": tables["sales.offers"]})
    assert panel.write_panel(tmp_path / "panel")
    monkeypatch.setattr(panel, "TABLES", {"crm.customers": tables["crm.customers"]})
    assert panel.write_panel(tmp_path / "panel")
    assert [path.name for path in (tmp_path / "panel").iterdir() if path.is_dir()] == ["crm"]


def test_a_write_that_fails_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {"sales.offers": panel.TABLES["sales.offers"], "sales.orders": "select nothing"}
    monkeypatch.setattr(panel, "TABLES", broken)
    with pytest.raises(duckdb.Error):
        panel.write_panel(tmp_path / "panel")
    assert list(tmp_path.iterdir()) == []
