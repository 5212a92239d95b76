"""The seeded sample: small raw tables of the whole contract, with known faults planted in them."""

import shutil
from pathlib import Path
from typing import Final

from scoring.errors import CannotRun
from scoring.sample.baskets import simulate_baskets
from scoring.sample.catalogue import (
    draft_campaigns,
    draft_offer_products,
    draft_offers,
    draft_products,
    make_products,
)
from scoring.sample.contacts import draft_feedback, draft_interactions, draft_leads
from scoring.sample.draft import Draft
from scoring.sample.finance import draft_events, draft_invoices, draft_loans
from scoring.sample.marketing import draft_marketing, simulate_touches
from scoring.sample.people import AWKWARD_KEY, Population, make_population
from scoring.sample.plan import SamplePlan, TablePlan
from scoring.sample.profiles import draft_attributes, draft_customers
from scoring.sample.sales import AWKWARD_ORDER, draft_sales
from scoring.sample.timeline import AS_OF_DATE, FIRST_DAY

__all__ = ["SamplePlan", "TablePlan", "generate_sample"]

SOURCES: Final = ("crm", "finance", "marketing", "outcomes", "sales")
PLAN_FILE: Final = "planted.json"
ABSENT_COLUMNS: Final = {
    "crm.customers": ("household_size",),
    "crm.interactions": ("campaign_id",),
    "finance.loans": ("closed_at",),
    "sales.orders": ("store_id",),
}


def generate_sample(folder: Path, seed: int = 20250630, people: int = 400) -> SamplePlan:
    """Write every raw table of the contract, and `planted.json` with what was planted.

    The bytes depend on the arguments alone. A sample that is already in the folder is replaced.

    Args:
        folder: Raw location to write to; made where it does not exist.
        seed: Seed of everything drawn.
        people: People with a row in `crm.customers`, 200 at least.

    Returns:
        The plan: expected counts per table, and the people and orders that faults were planted on.

    Raises:
        CannotRun: `people` is too small, or the folder holds raw data that is not a sample.
    """
    population = make_population(seed, people)
    drafts, order_groups = _draft_tables(seed, population)
    _clear(folder)
    for draft in drafts:
        draft.write(folder)
    plan = SamplePlan(
        seed=seed,
        people=people,
        first_event_date=FIRST_DAY.isoformat(),
        as_of_date=AS_OF_DATE.isoformat(),
        tables={draft.table: draft.plan() for draft in sorted(drafts, key=lambda d: d.table)},
        groups=_people_groups(population, drafts) | order_groups,
        merged_into=population.merged_into,
        absent_columns=ABSENT_COLUMNS,
    )
    (folder / PLAN_FILE).write_text(plan.to_json(), encoding="utf-8")
    return plan


def _draft_tables(
    seed: int, population: Population
) -> tuple[list[Draft], dict[str, tuple[str, ...]]]:
    products = make_products()
    baskets = simulate_baskets(seed, population, products)
    sales = draft_sales(seed, baskets)
    touches = simulate_touches(seed, population, baskets)
    drafts = [
        draft_customers(seed, population),
        draft_attributes(seed, population),
        draft_interactions(seed, population, touches),
        draft_feedback(seed, sales.kept),
        draft_leads(seed, population),
        draft_campaigns(),
        *draft_marketing(seed, touches),
        sales.orders,
        sales.lines,
        draft_products(seed, products),
        draft_offers(),
        draft_offer_products(products),
        draft_invoices(seed, sales.kept),
        draft_loans(seed, population),
        draft_events(seed, population),
    ]
    return drafts, sales.groups


def _people_groups(population: Population, drafts: list[Draft]) -> dict[str, tuple[str, ...]]:
    orders = next(draft for draft in drafts if draft.table == "sales.orders")
    buyers = {row.cells["customer_id"] for row in orders.rows if row.status == "accepted"}
    profiled = population.of_role("buyer", "prospect", "duplicate")
    return {
        "without_order": tuple(p.customer_id for p in profiled if p.customer_id not in buyers),
        "known_only_elsewhere": tuple(p.customer_id for p in population.of_role("outsider")),
        "merge_chain": population.chain,
        "merge_cycle": population.cycle,
        "profiling_objections": (*population.objections, population.late_objection),
        "objection_of_later_version": (population.late_objection,),
        "deleted": population.deleted,
        "rejected_profile": (population.rejected_profile,),
        "awkward_keys": (AWKWARD_KEY, AWKWARD_ORDER),
    }


def _clear(folder: Path) -> None:
    """Remove an older sample, so that no file of it stays behind."""
    present = [folder / source for source in SOURCES if (folder / source).exists()]
    if present and not (folder / PLAN_FILE).is_file():
        raise CannotRun(
            f"{folder} holds raw data that is not a sample ({present[0].name}/ is there, "
            f"{PLAN_FILE} is not). Name an empty folder."
        )
    for path in present:
        shutil.rmtree(path)
    folder.mkdir(parents=True, exist_ok=True)
