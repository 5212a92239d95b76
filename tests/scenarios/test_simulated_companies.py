"""A simulated company: rows are judged as they were planted, scores find the causes behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scoring.settings import Settings
from scoring.simulate import Simulation, simulate
from scoring.simulate.plan import make_plan
from scoring.simulate.sectors import find_sector
from scoring.training.cards import read_card
from scoring.warehouse import connect
from tests.support.causes import (
    CAUSES,
    EXPERT,
    LEARNED,
    features_with_truth,
    recovered,
    recovered_by,
)
from tests.support.dbt import Dbt
from tests.support.seed_cards import read_rows

if TYPE_CHECKING:
    from pathlib import Path

    from scoring.contract import Contract

PEOPLE = 1_500
MORE_PEOPLE = 3_000
DIRT = 0.01
# One sector is enough to see that a card broke; the others take as long again, each.
SECTORS = (
    pytest.param(("banking", PEOPLE), id="banking"),
    *(
        pytest.param((sector, MORE_PEOPLE), id=f"{sector}-full", marks=pytest.mark.full)
        for sector in ("commerce", "ecommerce", "banking", "real_estate")
    ),
)


@dataclass(frozen=True)
class Company:
    """A simulated company and its warehouse."""

    sector: str
    made: Simulation
    warehouse: Path


@pytest.fixture(scope="module", params=SECTORS)
def company(
    request: pytest.FixtureRequest,
    project_dir: Path,
    contract: Contract,
    tmp_path_factory: pytest.TempPathFactory,
) -> Company:
    sector, people = request.param
    folder = tmp_path_factory.mktemp(sector)
    plan = make_plan(
        customers=people, days=365, seed=11, sector=find_sector(sector), dirt=DIRT, late=0.05
    )
    made = simulate(folder / "raw", plan, contract)
    dbt = Dbt(project_dir, folder, sector=sector)
    return Company(sector, made, dbt.build(made.folder, folder / "warehouse"))


def test_every_row_is_judged_as_it_was_planted(company: Company) -> None:
    with connect(company.warehouse, read_only=True) as connection:
        accounts = connection.execute(
            "select source_name || '.' || table_name, landed_row_count, accepted_row_count, "
            "anonymous_row_count, rejected_row_count, exact_duplicate_row_count, "
            "superseded_row_count from monitoring.mon_raw_accounting"
        ).fetchall()
        refused = connection.execute(
            "select source_name || '.' || table_name, 'rejected: ' || reason, sum(row_count) "
            "from marts.rejected_rows group by all"
        ).fetchall()
    wanted = {
        (
            table,
            counts["rows"],
            counts["accepted"],
            counts["anonymous"],
            sum(count for name, count in counts.items() if name.startswith("rejected: ")),
            counts["exact_duplicate"],
            counts["superseded"],
        )
        for table, counts in company.made.planted.items()
    }
    # Nobody gave a verdict on simulated people.
    nothing = ("crm.identity_links", 0, 0, 0, 0, 0, 0)
    assert set(accounts) == wanted | {nothing}
    planted = {
        (table, name, count)
        for table, counts in company.made.planted.items()
        for name, count in counts.items()
        if name.startswith("rejected: ")
    }
    assert set(refused) == planted


def test_the_share_that_is_refused_is_that_of_the_dirt(company: Company) -> None:
    with connect(company.warehouse, read_only=True) as connection:
        share = connection.execute(
            "select sum(rejected_row_count) / sum(accepted_row_count + anonymous_row_count) "
            "from monitoring.mon_raw_accounting"
        ).fetchall()[0][0]
    # Half of the dirt must be refused; the rest are repeated and corrected rows.
    assert share == pytest.approx(DIRT / 2, rel=0.15)


def test_everybody_simulated_is_scored(company: Company) -> None:
    with connect(company.warehouse, read_only=True) as connection:
        unknown = connection.execute(
            f"select count(*) from '{company.made.truth}/customers/*.parquet' as truth "
            "anti join marts.scored_customers using (customer_id)"
        ).fetchall()
    assert unknown == [(0,)]


def test_scores_find_their_causes(company: Company) -> None:
    found = recovered(company.warehouse, company.made.truth)
    for one in found:
        print(  # noqa: T201 - shown with -rP: docs/benchmarks has these numbers
            f"| {company.sector} | {one.cause.score} | {one.correlation:.2f} | {one.people:,} |"
        )
    learned_elsewhere = EXPERT if company.sector == "commerce" else {}
    weak = [
        one
        for one in found
        if one.cause.score not in learned_elsewhere and not one.correlation >= one.cause.least
    ]
    assert {one.cause.score: round(one.correlation, 3) for one in weak} == {}


def test_every_live_score_with_a_cause_is_judged(company: Company, project_dir: Path) -> None:
    catalogue = project_dir / "seeds" / "sectors" / company.sector / "score_catalogue.csv"
    live = {
        row["score_name"]
        for row in read_rows(catalogue)
        if row["is_on"] == "true" and row["grain"] == "person"
    }
    judged = {one.cause.score for one in recovered(company.warehouse, company.made.truth)}
    assert live - {"overall"} == judged


@pytest.mark.full
def test_cards_by_hand_find_their_causes(company: Company, project_dir: Path) -> None:
    """Where the live card was learned from another company the one by hand is judged too."""
    if company.sector != "commerce":
        pytest.skip("the live cards are those by hand")
    settings = Settings(
        project_dir=project_dir,
        raw_location=company.made.folder,
        warehouse_path=company.warehouse,
        published_dir=company.warehouse.parent,
        sector=company.sector,
        as_of_date=None,
        run_id="causes",
    )
    with connect(company.warehouse, read_only=True) as connection:
        people = features_with_truth(connection, company.made.truth)
    weak = {}
    for cause in LEARNED:
        promised = next(one.least for one in CAUSES if one.score == cause.score)
        card = read_card(settings, cause.score, EXPERT[cause.score])
        found = recovered_by(card, people, cause)
        print(  # noqa: T201
            f"| {company.sector}, by hand | {cause.score} | {found.correlation:.2f} "
            f"| {found.people:,} |"
        )
        if not found.correlation >= promised:
            weak[cause.score] = round(found.correlation, 3)
    assert weak == {}
