"""What is known of the past of every raw column: the list is explicit."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from scoring.contract import Column, Contract, Table

# Never a feature: overwritten in the source, at times that nobody wrote down.
UNKNOWN = {"crm.leads.stage", "crm.leads.amount"}
# Known as of the version that was written before the date.
VERSIONED = {
    "crm.customers.first_name",
    "crm.customers.last_name",
    "crm.customers.email",
    "crm.customers.phone",
    "crm.customers.address",
    "crm.customers.postal_code",
    "crm.customers.city",
    "crm.customers.region",
    "crm.customers.country",
    "crm.customers.age_band",
    "crm.customers.marital_status",
    "crm.customers.income_band",
    "crm.customers.occupation",
    "crm.customers.household_id",
    "crm.customers.household_size",
    "crm.customers.children_count",
    "crm.customers.home_ownership",
    "crm.customers.consent_email",
    "crm.customers.consent_phone",
    "crm.customers.consent_sms",
    "crm.customers.consent_post",
    "crm.customers.profiling_objection",
    "crm.customers.merged_into",
    "crm.customers.deleted_at",
    "crm.customer_attributes.value",
    "crm.identity_links.verdict",
}
# Never changes, so that the latest cell is the past one too.
STABLE = {
    "crm.customers.created_at",
    "crm.customers.updated_at",
    "crm.customers.birth_date",
    "crm.customers.sex",
    "crm.customers.acquisition_source",
    "crm.customer_attributes.updated_at",
    "crm.identity_links.decided_at",
    "sales.products.category",
    "sales.products.department",
    "sales.products.brand",
    "sales.products.is_private_label",
    "sales.products.margin_rate",
}
# Changes after the event, and says when.
DATED = {
    "crm.feedback.resolved_at",
    "crm.leads.outcome",
    "crm.leads.outcome_at",
    "finance.invoices.paid_at",
    "finance.loans.defaulted_at",
    "finance.loans.closed_at",
    "sales.orders.status",
    "sales.orders.status_at",
}
VERSIONED_FEATURES = {
    "age_band",
    "children_count",
    "country",
    "home_ownership",
    "household_size",
    "income_band",
    "marital_status",
    "occupation",
    "region",
}


def _paths(contract: Contract, past: str | None) -> set[str]:
    return {
        f"{table.full_name}.{column.name}"
        for table in contract.tables
        for column in table.columns
        if column.past == past
    }


def _is_versioned(table: Table, column: Column) -> bool:
    return table.changes_at is not None and column.past is None and column.name not in table.key


def test_columns_with_an_unknown_past_are_these(contract: Contract) -> None:
    assert _paths(contract, "unknown") == UNKNOWN


def test_stable_columns_are_these(contract: Contract) -> None:
    assert _paths(contract, "stable") == STABLE


def test_versioned_columns_are_these(contract: Contract) -> None:
    found = {
        f"{table.full_name}.{column.name}"
        for table in contract.tables
        for column in table.columns
        if _is_versioned(table, column)
    }
    assert found == VERSIONED


def test_columns_that_say_when_they_were_known_are_these(contract: Contract) -> None:
    found = {
        f"{table.full_name}.{column.name}"
        for table in contract.tables
        for column in table.columns
        if column.known_at is not None
    }
    assert found == DATED


def test_features_that_rest_on_versions_are_these(project_dir: Path) -> None:
    catalogue = project_dir / "seeds" / "reference" / "cards" / "feature_catalogue.csv"
    with catalogue.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["feature"] for row in rows if row["past"] == "versions"} == VERSIONED_FEATURES
    assert {row["past"] for row in rows} == {"events", "stable", "versions"}
    # A feature is worth as much as what it is made from.
    for row in rows:
        needs = set(row["needs"].split("|"))
        assert not needs & UNKNOWN, row["feature"]
        assert (row["past"] == "versions") == bool(needs & VERSIONED), row["feature"]
