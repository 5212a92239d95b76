"""Features of a day know nothing of that day or later.

Features at T from all raw data are held against those from raw data that end at T, and those from
raw data in which everything at or after T is another thing.
"""

from __future__ import annotations

import csv
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.properties.conftest import PANEL_DATES
from tests.support.dbt import FEATURES, WAREHOUSE_NAME, Dbt
from tests.support.raw import connect, raw_files
from tests.support.tables import column_names, fetch_dicts, opened, row_differences
from tests.support.time_travel import alter, cut

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scoring.contract import Contract
    from tests.support.once import Once

    Change = Callable[[Path, Path, Contract, str], None]
    FeaturesFrom = Callable[[Change, Path, str], "Whole"]

SAMPLE_DATES = ("2024-12-01", "2025-03-20")
# Rows on the edge of a day: its first second and the last one before; a touch of a campaign whose
# first day is yet to come; people older than the first version of their row, which for one of
# them is written on the very day.
EDGE_ROWS = {
    "crm/customers/edges.csv": """customer_id,created_at,updated_at,birth_date,sex,income_band
edge-1,2024-06-01 08:00:00,2025-04-15 08:00:00,1980-02-29,F,75-99K
edge-2,2024-06-01 08:00:00,2025-03-20 00:00:00,1990-03-20,M,50-74K
edge-2,2024-06-01 08:00:00,2025-04-01 00:00:00,1990-03-20,M,35-49K
""",
    "sales/orders/edges.csv": """order_id,customer_id,ordered_at,amount,status,status_at
edge-1,C0001,2025-03-19 23:59:59,11.00,completed,
edge-2,C0001,2025-03-20 00:00:00,13.00,completed,
edge-3,C0002,2025-03-01 08:00:00,17.00,cancelled,2025-03-20 00:00:00
edge-4,C0002,2025-03-01 08:00:00,19.00,cancelled,2025-03-19 23:59:59
edge-5,C0004,2024-11-30 23:59:59,23.00,completed,
edge-6,C0004,2024-12-01 00:00:00,29.00,completed,
""",
    "marketing/touches/edges.csv": """touch_id,customer_id,campaign_id,touched_at
edge-1,C0001,CMP10,2025-03-10 09:00:00
edge-2,C0002,CMP11,2025-03-10 09:00:00
edge-3,C0004,CMP09,2024-11-20 09:00:00
""",
}
MODELS = ("feat_customers", "feat_campaigns", "feat_offers")
# The panel has cells of its people without their time: what is left out of the comparison there.
WITHOUT_PAST_ON_THE_PANEL = (
    "age_band",
    "children_count",
    "country",
    "home_ownership",
    "household_size",
    "income_band",
    "marital_status",
    "occupation",
    "region",
)


@pytest.fixture(scope="module")
def edged_sample(once: Once, sample_raw: Path) -> Path:
    """The sample and the rows on the edge."""

    def write(folder: Path) -> None:
        shutil.copytree(sample_raw, folder, dirs_exist_ok=True)
        for name, rows in EDGE_ROWS.items():
            (folder / name).write_text(rows, encoding="utf-8")

    return once.made("edged_sample", write)


@dataclass(frozen=True)
class Whole:
    """All raw data, and the warehouse with the features of past dates made from them."""

    raw: Path
    warehouse: Path


@pytest.fixture(scope="module")
def whole_sample(once: Once, dbt: Dbt, edged_sample: Path) -> Whole:
    folder = once.made(
        "whole_sample",
        lambda folder: dbt.build(
            edged_sample, folder, training_dates=SAMPLE_DATES, select=FEATURES
        ),
    )
    return Whole(edged_sample, folder / WAREHOUSE_NAME)


@pytest.fixture(scope="module")
def whole_panel(part_of_panel: Path, scored_panel: Path) -> Whole:
    return Whole(part_of_panel, scored_panel)


@pytest.fixture
def features_from(dbt: Dbt, contract: Contract, tmp_path: Path) -> FeaturesFrom:
    """Builds the features of a day from raw data that were changed first."""

    def build(change: Change, raw: Path, day: str) -> Whole:
        changed = tmp_path / "raw"
        change(raw, changed, contract, day)
        built = dbt.build(changed, tmp_path / "built", as_of_date=day, select=FEATURES)
        return Whole(changed, built)

    return build


def _assert_same_features(
    whole: Whole, other: Whole, day: str, without: tuple[str, ...] = (), known: str = "true"
) -> None:
    with opened(whole=whole.warehouse, other=other.warehouse) as connection:
        for model in MODELS:
            of_day = f"where as_of_date = date '{day}' and {known}"
            here = f"(select * from whole.features.{model} {of_day})"
            there = f"(select * from other.features.{model} {of_day})"
            assert connection.execute(f"select count(*) from {here}").fetchone() != (0,), model
            found = row_differences(connection, here, there, without)
            assert not found, f"{model} at {day}:\n" + "\n".join(found)


@pytest.mark.parametrize("day", SAMPLE_DATES)
def test_sample_cut_at_a_day_gives_the_same_features(
    day: str, whole_sample: Whole, features_from: FeaturesFrom
) -> None:
    other = features_from(cut, whole_sample.raw, day)
    _assert_same_features(whole_sample, other, day)


@pytest.mark.parametrize("day", SAMPLE_DATES)
def test_sample_altered_from_a_day_on_gives_the_same_features(
    day: str, whole_sample: Whole, features_from: FeaturesFrom
) -> None:
    other = features_from(alter, whole_sample.raw, day)
    _assert_same_features(whole_sample, other, day)


@pytest.mark.parametrize("day", PANEL_DATES)
def test_panel_cut_at_a_day_gives_the_same_features(
    day: str, whole_panel: Whole, features_from: FeaturesFrom, contract: Contract
) -> None:
    other = features_from(cut, whole_panel.raw, day)
    people = _people_of_events(other.raw, contract)
    known = f"customer_id in ({', '.join(repr(person) for person in sorted(people))})"
    _assert_same_features(whole_panel, other, day, WITHOUT_PAST_ON_THE_PANEL, known)
    # Who is known only from an undated row is nobody yet where the later data are known.
    with opened(whole=whole_panel.warehouse) as connection:
        undated = connection.execute(
            "select count(*) from whole.features.feat_customers "
            f"where as_of_date = date '{day}' and not ({known})"
        ).fetchone()
    assert undated == (0,)


@pytest.mark.parametrize("day", PANEL_DATES)
def test_panel_altered_from_a_day_on_gives_the_same_features(
    day: str, whole_panel: Whole, features_from: FeaturesFrom
) -> None:
    other = features_from(alter, whole_panel.raw, day)
    _assert_same_features(whole_panel, other, day)


def test_cells_without_a_known_past_are_null_on_past_dates(
    whole_panel: Whole, project_dir: Path
) -> None:
    catalogue = project_dir / "seeds" / "reference" / "cards" / "feature_catalogue.csv"
    with catalogue.open(encoding="utf-8", newline="") as stream:
        versioned = {row["feature"] for row in csv.DictReader(stream) if row["past"] == "versions"}
    assert versioned == set(WITHOUT_PAST_ON_THE_PANEL)
    with opened(whole=whole_panel.warehouse) as connection:
        assert versioned <= set(column_names(connection, "whole.features.feat_customers"))
        counts = fetch_dicts(
            connection,
            f"select as_of_date, {', '.join(f'count({name}) as {name}' for name in versioned)} "
            "from whole.features.feat_customers group by as_of_date order by as_of_date",
        )
    *past, present = counts
    assert [str(row.pop("as_of_date")) for row in past] == list(PANEL_DATES)
    assert all(count == 0 for row in past for count in row.values()), past
    assert present["income_band"] > 0


def _people_of_events(raw: Path, contract: Contract) -> set[str]:
    """Everyone whom a dated row names."""
    people: set[str] = set()
    with connect() as connection:
        for file in raw_files(raw, contract):
            if file.table.person and file.table.event_at:
                rows = connection.execute(
                    f"select distinct {file.text(file.table.person)} from {file.reader} "
                    f"where {file.utc(file.table.event_at)} is not null"
                ).fetchall()
                people |= {row[0] for row in rows if row[0] is not None}
    return people
