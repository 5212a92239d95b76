"""A newcomer's first file: one CSV is enough, and what was never delivered is never 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.scenarios.conftest import Warehouse

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.dbt import Dbt
    from tests.support.once import Once

PURCHASE_SCORES = (
    "purchase_propensity",
    "customer_value",
    "lapse_risk",
    "overall",
)
CONTACT_SCORES = {
    "campaign_response": "needs response_rate_364d",
    "marketing_pressure": "needs touch_count_90d",
    "engagement": "needs interaction_points",
    "satisfaction": "needs satisfaction_mark",
    "lead_conversion": "needs open_lead_count",
    "profile_fit": "needs income_band",
}


def _orders() -> str:
    """Eight weeks of orders: c1 every week, c2 twice, c3 once."""
    rows = [
        f"a{week},c1,2025-{4 + week // 4:02}-{1 + 7 * (week % 4):02},20.00" for week in range(8)
    ]
    rows += ["b1,c2,2025-04-02,10.00", "b2,c2,2025-05-20,12.00", "d1,c3,2025-05-21,300.00"]
    return "\n".join(["order_id,customer_id,ordered_at,amount", *rows]) + "\n"


def _built(once: Once, dbt: Dbt, file: str, text: str) -> Warehouse:
    def make(folder: Path) -> None:
        path = folder / "raw" / file
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        dbt.build(folder / "raw", folder)

    return Warehouse(once.made(f"first_{path_name(file)}", make))


def path_name(file: str) -> str:
    return file.replace("/", "_").removesuffix(".csv")


@pytest.fixture(scope="module")
def orders_alone(once: Once, dbt: Dbt) -> Warehouse:
    return _built(once, dbt, "sales/orders.csv", _orders())


@pytest.fixture(scope="module")
def customers_alone(once: Once, dbt: Dbt) -> Warehouse:
    return _built(once, dbt, "crm/customers.csv", "customer_id\nc1\nc2\n")


def _people(warehouse: Warehouse) -> list[dict[str, Any]]:
    return warehouse.dicts("select * from marts.scored_customers order by customer_id")


def test_orders_alone_name_the_people(orders_alone: Warehouse) -> None:
    assert [row["customer_id"] for row in _people(orders_alone)] == ["c1", "c2", "c3"]
    assert {str(row["as_of_date"]) for row in _people(orders_alone)} == {"2025-05-23"}


@pytest.mark.parametrize("score", PURCHASE_SCORES)
def test_orders_alone_give_the_scores_of_purchases(orders_alone: Warehouse, score: str) -> None:
    assert [row["customer_id"] for row in _people(orders_alone) if row[score] is None] == []
    assert all(0 <= row[score] <= 10 for row in _people(orders_alone))


def test_two_order_days_say_nothing_of_regularity(orders_alone: Warehouse) -> None:
    scores = {
        row["customer_id"]: (row["purchase_regularity"], row["purchase_regularity_reason_missing"])
        for row in _people(orders_alone)
    }
    assert scores["c1"][0] > 5
    few = (None, "fewer than three order days in 364 days")
    assert (scores["c2"], scores["c3"]) == (few, few)


@pytest.mark.parametrize("score", CONTACT_SCORES)
def test_a_score_whose_tables_are_absent_is_null_with_its_reason(
    orders_alone: Warehouse, score: str
) -> None:
    found = {(row[score], row[f"{score}_reason_missing"]) for row in _people(orders_alone)}
    assert found == {(None, CONTACT_SCORES[score])}


def test_a_heavier_buyer_is_worth_more(orders_alone: Warehouse) -> None:
    values = {row["customer_id"]: row["customer_value"] for row in _people(orders_alone)}
    assert values["c1"] > values["c2"]


def test_absent_tables_are_listed(orders_alone: Warehouse) -> None:
    (listed,) = {row["absent_tables"] for row in _people(orders_alone)}
    assert "marketing.touches" in listed.split(", ")
    assert "crm.customers" in listed.split(", ")
    assert "sales.orders" not in listed.split(", ")
    assert len(listed.split(", ")) == 15


@pytest.mark.parametrize("count", ["touch_count_7d", "touch_count_28d", "touch_count_90d"])
def test_touches_that_were_never_delivered_are_null_not_0(
    orders_alone: Warehouse, count: str
) -> None:
    assert {row[count] for row in _people(orders_alone)} == {None}


@pytest.mark.parametrize(
    "feature", ["interaction_count_28d", "complaint_count_364d", "touch_count_90d"]
)
def test_features_of_absent_tables_are_null_not_0(orders_alone: Warehouse, feature: str) -> None:
    assert orders_alone.rows(f"select distinct {feature} from marts.customer_features") == [(None,)]


def test_what_was_delivered_and_did_not_happen_is_0(orders_alone: Warehouse) -> None:
    rows = orders_alone.rows(
        "select order_count_28d from marts.customer_features order by customer_id"
    )
    assert [row[0] for row in rows] == [4, 1, 1]
    rows = orders_alone.rows(
        "select distinct return_count_364d from marts.customer_features order by all"
    )
    assert rows == [(0,)]


def test_keys_of_people_alone_run_too(customers_alone: Warehouse) -> None:
    people = _people(customers_alone)
    assert [row["customer_id"] for row in people] == ["c1", "c2"]
    for score in (*PURCHASE_SCORES[:-1], "purchase_regularity", *CONTACT_SCORES):
        assert {row[score] for row in people} == {None}
        assert {row[f"{score}_reason_missing"][:6] for row in people} == {"needs "}
    assert {row["overall"] for row in people} == {None}
