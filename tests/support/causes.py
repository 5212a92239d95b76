"""How well scores find the causes that a simulated company was made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from scoring.training.cards import Card


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


_ACTIVE = {"lapse_risk": "days_since_last_order <= 91"}
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

# Commerce's live cards were learned from one company of households; another company begins with
# those written by hand, and trains its own.
EXPERT = {"purchase_propensity": 1, "customer_value": 12, "lapse_risk": 11}
LEARNED = tuple(
    replace(cause, least=max(cause.least, 0.7), among=_ACTIVE.get(cause.score, "true"))
    for cause in CAUSES
    if cause.score in EXPERT
)


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
    from scipy.stats import spearmanr

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


def features_with_truth(connection: duckdb.DuckDBPyConnection, truth: Path) -> pd.DataFrame:
    """Everybody's features on the date of the run, own fields of the company too, with the truth.

    Args:
        connection: a warehouse with features and `int_run`.
        truth: folder of the truth.
    """
    names = connection.execute("describe features.feat_customers").fetchall()
    numbers = [f"{name}::double as {name}" for name, kind, *_ in names if "DECIMAL" in kind]
    people = connection.execute(
        f"""
        select features.* replace ({", ".join(numbers)}), truth.* exclude (customer_id)
        from features.feat_customers as features
        inner join intermediate.int_run using (as_of_date)
        inner join '{truth}/customers/*.parquet' as truth using (customer_id)
        """
    ).df()
    own = connection.execute(
        "select customer_id, feature, number_value::double as number_value"
        " from intermediate.int_person_attributes"
        " inner join intermediate.int_run using (as_of_date)"
    ).df()
    wide = own.pivot(index="customer_id", columns="feature", values="number_value")
    return people.join(wide, on="customer_id")


def recovered_by(card: Card, people: pd.DataFrame, cause: Cause) -> Recovered:
    """Compare what a card says with the truth, live or not.

    Args:
        card: a card.
        people: what `features_with_truth` gives.
        cause: the cause, with the condition on who is asked.
    """
    from scipy.stats import spearmanr

    rows = people if cause.among == "true" else people.query(cause.among)
    correlation = float(spearmanr(card.raw(rows), rows.eval(cause.column)).statistic)
    return Recovered(cause, correlation, len(rows))
