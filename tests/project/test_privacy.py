"""No column that identifies a person directly goes further than staging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.tables import column_names, opened, table_names

if TYPE_CHECKING:
    from pathlib import Path

    from scoring.contract import Contract

SCHEMAS = ("features", "scores", "marts", "monitoring", "snapshots")
# A birth date is stable and gives an age; the history of the CRM's cells keeps it for that alone.
KEPT_FOR_AGE = frozenset({("snapshots", "birth_date")})


def test_no_direct_identifier_is_published(contract: Contract, built_sample: Path) -> None:
    identifiers = contract.pii_columns
    assert {"first_name", "email", "phone", "birth_date"} <= identifiers
    found = set()
    with opened(built=built_sample) as connection:
        assert "email" in column_names(connection, "built.staging.stg_crm__customers")
        for schema in SCHEMAS:
            for table in table_names(connection, "built", schema):
                columns = set(column_names(connection, f"built.{schema}.{table}"))
                found |= {
                    f"{schema}.{table}.{name}"
                    for name in columns & identifiers
                    if (schema, name) not in KEPT_FOR_AGE
                }
    assert found == set()


def test_no_value_of_a_direct_identifier_is_published(built_sample: Path) -> None:
    """The sample's e-mail addresses have one domain: it stands in no text after staging."""
    with opened(built=built_sample) as connection:
        found = []
        for schema in ("features", "scores", "marts"):
            for table in table_names(connection, "built", schema):
                relation = f"built.{schema}.{table}"
                rows = connection.execute(
                    f"select count(*) from {relation} as published "
                    "where cast(published as varchar) like '%@example.org%'"
                ).fetchall()
                if rows[0][0]:
                    found.append(relation)
    assert found == []
