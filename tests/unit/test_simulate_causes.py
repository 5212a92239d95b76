"""What a simulated company writes: nothing too early, and all of it from causes."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest

from scoring.contract import Contract
from scoring.simulate import truth_folder
from scoring.simulate.sectors import SECTORS, find_sector
from tests.support.simulated import Company, make, simulated_tables

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def contract(project_dir: Path) -> Contract:
    return simulated_tables(project_dir)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> Company:
    folder = tmp_path_factory.mktemp("clean") / "raw"
    sector = dataclasses.replace(find_sector("commerce"), invoice_share=0.3)
    options = {"customers": 2_000, "days": 365, "dirt": 0, "late": 0, "sector": sector}
    return make(folder, contract, options)


@pytest.fixture(scope="module")
def letting(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> Company:
    folder = tmp_path_factory.mktemp("letting") / "raw"
    options = {"customers": 1_500, "days": 365, "dirt": 0, "late": 0}
    return make(folder, contract, {**options, "sector": find_sector("real_estate")})


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


CALLS = (
    "(select * from (select * from invoices qualify _loaded_at = max(_loaded_at) over "
    "(partition by invoice_id)) where cast(right(invoice_id, 4) as int) >= 6000)"
)


def test_agreements_are_called_for_at_set_times_while_they_last(letting: Company) -> None:
    gaps = letting.all(
        "select distinct gap from (select cast(issued_at as date) - lag(cast(issued_at as date)) "
        f"over (partition by customer_id order by issued_at) as gap from {CALLS}) "
        "where gap is not null order by gap"
    )
    assert gaps == [(30,), (91,), (120,)]
    odd = letting.number(f"select count(*) from {CALLS} where order_id is not null")
    without_stages = (
        f"{CALLS} inner join truth using (customer_id) where "
        "issued_at > churned_at + interval 1 day and "
        f"customer_id not in (select customer_id from {CALLS} where amount >= 5_000)"
    )
    assert (odd, letting.number(f"select count(*) from {without_stages}")) == (0, 0)
    customers = "select count(*) from truth where buys_from is not null"
    called = f"select count(distinct customer_id) from {CALLS}"
    assert letting.number(called) / letting.number(customers) == pytest.approx(0.68, abs=0.08)


def test_calls_are_paid_late_by_risk_and_seldom_never(letting: Company) -> None:
    due = f"(select * from {CALLS} where due_date < date '2025-06-01')"
    by_person = (
        "(select customer_id, avg(coalesce(cast(paid_at as date), date '2025-07-01') - due_date) "
        f"as delay from {due} group by customer_id having count(*) >= 6) "
        "inner join truth using (customer_id)"
    )
    assert letting.rank_correlation("risk", "delay", by_person) >= 0.6
    unpaid = letting.number(f"select avg(cast(paid_at is null as int)) from {due}")
    late = letting.number(f"select avg(cast(paid_at >= due_date + 1 as int)) from {due}")
    assert (0.01 < unpaid < 0.06, 0.2 < late < 0.5) == (True, True)


def test_only_real_estate_has_agreements() -> None:
    assert [name for name, sector in SECTORS.items() if sector.agreements] == ["real_estate"]
