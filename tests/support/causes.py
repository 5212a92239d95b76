"""How well scores find the causes that a simulated company was made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
from scipy.stats import spearmanr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Cause:
    """What stands behind a score.

    Attributes:
        score: name of the score.
        column: column of the truth, or an expression over its columns.
        least: rank correlation that is promised.
        among: condition on the features; who has the score where empty.
    """

    score: str
    column: str
    least: float
    among: str = "true"


CAUSES: tuple[Cause, ...] = (
    Cause("purchase_propensity", "order_propensity_28d", 0.6),
    Cause("customer_value", "expected_amount_91d", 0.8),
    Cause("purchase_regularity", "evenness", 0.6),
    Cause("engagement", "interaction_rate_at_end", 0.6),
    Cause("satisfaction", "satisfaction", 0.6),
    # Who was never approached has shown nothing.
    Cause(
        "campaign_response", "response_probability_at_rest", 0.6, "touched_campaign_count_364d > 0"
    ),
    Cause("lapse_risk", "-order_propensity_28d", 0.6),
    Cause("marketing_pressure", "pressure_at_end", 0.8),
    Cause("credit_risk", "risk", 0.6),
    Cause("profile_fit", "fit", 0.6),
    Cause("lead_conversion", "lead_conversion_probability", 0.6),
)

# What the data of a sector do not show well enough, promised less: ten orders a year with amounts
# that vary (commerce), half of the buyers gone without a word (ecommerce), two orders or invoices
# a year (real_estate), two or three invoices (banking).
LESS = {
    ("commerce", "customer_value"): 0.75,
    ("ecommerce", "customer_value"): 0.75,
    ("real_estate", "customer_value"): 0.65,
    ("real_estate", "credit_risk"): 0.45,
    ("banking", "credit_risk"): 0.55,
}


@dataclass(frozen=True)
class Recovered:
    """The rank correlation of a score with its cause."""

    cause: Cause
    correlation: float
    people: int


def recovered(warehouse: Path, truth: Path, causes: Sequence[Cause] = CAUSES) -> list[Recovered]:
    """Compare the scores of a warehouse with the truth; scores that nobody has are left out.

    Args:
        warehouse: a built warehouse.
        truth: folder of the truth of the raw data that it was built from.
        causes: what to compare.
    """
    found = []
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for cause in causes:
            pairs = connection.execute(
                f"""
                select cast(scores.score_raw as double), cast({cause.column} as double)
                from marts.customer_scores as scores
                inner join marts.customer_features as features using (customer_id, as_of_date)
                inner join '{truth}/customers/*.parquet' as truth using (customer_id)
                where scores.score_name = ? and scores.score is not null and ({cause.among})
                """,
                [cause.score],
            ).fetchall()
            if pairs:
                correlation = float(spearmanr(*zip(*pairs, strict=True)).statistic)
                found.append(Recovered(cause, correlation, len(pairs)))
    return found
