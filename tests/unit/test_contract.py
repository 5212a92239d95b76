from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scoring.contract import read_contract
from scoring.errors import CannotRun

if TYPE_CHECKING:
    from pathlib import Path


def test_the_contract_has_seventeen_tables_each_with_a_key_among_its_columns(
    project_dir: Path,
) -> None:
    contract = read_contract(project_dir)
    assert len(contract.tables) == 17
    for table in contract.tables:
        names = [column.name for column in table.columns]
        named = [*table.key, table.event_at, table.person, table.changes_at]
        assert {name for name in named if name} <= set(names), table.full_name
        assert len(names) == len(set(names)), table.full_name


def test_meta_of_a_column_is_read(project_dir: Path) -> None:
    contract = read_contract(project_dir)
    customers = contract.table("crm", "customers")
    assert customers.column("email").pii
    assert customers.column("birth_date").minimum == "1900-01-01"
    assert customers.changes_at == "updated_at"
    orders = contract.table("sales", "orders")
    assert (orders.column("customer_id").required, orders.column("customer_id").nullable) == (
        True,
        True,
    )
    assert (orders.column("amount").required, orders.column("amount").nullable) == (True, False)
    assert (orders.column("store_id").required, orders.column("store_id").nullable) == (False, True)
    assert orders.column("status").known_at == "status_at"
    assert contract.table("marketing", "touches").column("touched_at").may_be_future


def test_columns_that_identify_people_are_known_by_name(project_dir: Path) -> None:
    pii = read_contract(project_dir).pii_columns
    assert {"first_name", "last_name", "email", "phone", "address"} <= pii
    assert "customer_id" not in pii


def test_an_unknown_table_or_column_is_named(project_dir: Path) -> None:
    contract = read_contract(project_dir)
    with pytest.raises(KeyError, match=r"sales\.refunds"):
        contract.table("sales", "refunds")
    with pytest.raises(KeyError, match="colour"):
        contract.table("sales", "orders").column("colour")


def test_a_folder_without_sources_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no sources"):
        read_contract(tmp_path)


@pytest.mark.parametrize("text", ["sources: [", "sources:\n  - name: sales\n", "[]\n"])
def test_a_file_of_another_form_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "models" / "staging" / "sales" / "_sales__sources.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CannotRun, match=r"_sales__sources\.yml"):
        read_contract(tmp_path)
