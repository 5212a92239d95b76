"""A person of two records keeps their scores when the records are joined and parted again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.dbt import WAREHOUSE_NAME
from tests.support.once import SAMPLE_AS_OF_DATE
from tests.support.tables import opened, row_differences

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.dbt import Dbt

# Someone of the sample with many orders, and the record that half of them are given to.
PERSON, SECOND = "C0132", "C9132"
EARLIER = "2025-03-20"
# The second record is written before the first order, and tells who it is on 2025-05-01 alone.
SECOND_ROWS = f"""customer_id,created_at,updated_at,first_name,last_name,email
{SECOND},2024-01-02 08:00:00,2024-01-02 08:00:00,,,
{SECOND},2024-01-02 08:00:00,2025-05-01 08:00:00,AMINA,Smith,Person.132+shop@example.org
"""
CORRECTION = f"""customer_id,created_at,updated_at,first_name,last_name,email
{SECOND},2024-01-02 08:00:00,2025-06-28 08:00:00,Amina,Smith,another.amina@example.org
"""
SCORES = ("+customer_scores", "+scored_customers", "+score_history")
# What tells how many records a person has, or when the first of them was written.
OF_THE_RECORDS = ("run_id", "scored_at", "source_customer_count")


@pytest.fixture
def split_raw(tmp_path: Path, sample_raw: Path) -> Path:
    """The sample in which every second order of a person bears the key of a second record."""
    raw = tmp_path / "raw"
    shutil.copytree(sample_raw, raw)
    moved = 0
    for path in sorted((raw / "sales" / "orders").glob("*.csv")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        for place, line in enumerate(lines):
            if f",{PERSON}," in line and place % 2:
                lines[place] = line.replace(f",{PERSON},", f",{SECOND},")
                moved += 1
        path.write_text("".join(lines), encoding="utf-8")
    assert moved > 2
    (raw / "crm" / "customers" / "second.csv").write_text(SECOND_ROWS, encoding="utf-8")
    return raw


def test_a_score_survives_a_merge_and_its_end(
    built_sample: Path, dbt: Dbt, split_raw: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "split"
    split = dbt.build(
        split_raw, folder, as_of_date=SAMPLE_AS_OF_DATE, training_dates=(EARLIER,), select=SCORES
    )
    of_date = f"where as_of_date = date '{SAMPLE_AS_OF_DATE}'"
    with opened(whole=built_sample, split=split) as connection:
        # Joined: everyone, the person included, has the scores of the undivided sample.
        for table in ("marts.customer_scores", "features.feat_customers"):
            assert not row_differences(
                connection,
                f"(select * from whole.{table} {of_date})",
                f"(select * from split.{table} {of_date})",
                OF_THE_RECORDS,
            ), table
        links = connection.execute(
            "select cast(as_of_date as varchar), customer_id "
            "from split.intermediate.int_person_links "
            f"where source_customer_id = '{SECOND}' order by 1"
        ).fetchall()
    assert links == [(EARLIER, SECOND), (SAMPLE_AS_OF_DATE, PERSON)], "known from May on only"

    # Corrected: two people again from the next day on, and what was scored stays as it was.
    (split_raw / "crm" / "customers" / "third.csv").write_text(CORRECTION, encoding="utf-8")
    kept = folder / "kept.duckdb"
    shutil.copy(folder / WAREHOUSE_NAME, kept)
    parted = dbt.build(split_raw, folder, as_of_date="2025-07-01", select=SCORES)
    with opened(before=kept, after=parted) as connection:
        people = connection.execute(
            "select customer_id from after.marts.scored_customers "
            f"where customer_id in ('{PERSON}', '{SECOND}') order by 1"
        ).fetchall()
        assert people == [(PERSON,), (SECOND,)]
        assert not row_differences(
            connection,
            f"(select * from before.marts.score_history {of_date})",
            f"(select * from after.marts.score_history {of_date})",
        )
