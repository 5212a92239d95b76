"""Pairs of a person and an offer at past dates, with what happened after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scoring.errors import CannotRun

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import duckdb
    import pandas as pd
    from numpy.typing import NDArray

OUTCOME = "outcome"
HORIZON_DAYS = 28
MAX_ROWS = 600_000
PAIR_FEATURES = (
    "offer_copurchase_lift",
    "offer_day_count_28d",
    "offer_day_count_91d",
    "offer_day_count_182d",
    "offer_day_count_364d",
    "offer_amount_28d",
    "offer_amount_91d",
    "offer_amount_182d",
    "offer_amount_364d",
    "offer_days_since_last",
    "offer_decayed_day_count_56d",
    "offer_department_day_count_91d",
    "offer_department_days_since_last",
    "offer_mean_gap_days_364d",
    "offer_order_share_56d",
    "offer_overdue_ratio_364d",
    "offer_purchase_rate",
    "offer_rate_ratio_182d",
    "offer_rate_ratio_56d",
)
# What a person did with the offer itself.
HISTORY = frozenset(
    {
        "offer_day_count_28d",
        "offer_day_count_91d",
        "offer_day_count_182d",
        "offer_day_count_364d",
        "offer_amount_28d",
        "offer_amount_91d",
        "offer_amount_182d",
        "offer_amount_364d",
        "offer_decayed_day_count_56d",
        "offer_order_share_56d",
        "offer_rate_ratio_182d",
        "offer_rate_ratio_56d",
    }
)
# How much a person buys and how often: the same own history means more or less with it. Shares of
# baskets are left out: a few people with two baskets got points for all offers at once.
PERSON_FEATURES = (
    "average_basket_lines_182d",
    "category_count_91d",
    "days_since_first_order",
    "days_since_last_order",
    "decayed_order_count_14d",
    "median_gap_days_364d",
    "order_amount_28d",
    "order_count_7d",
    "order_count_28d",
    "order_count_91d",
    "order_day_count_91d",
    "product_count_182d",
)
FEATURES = tuple(sorted((*PAIR_FEATURES, *PERSON_FEATURES)))
_SHARES = 1000

_ROWS = f"""
    select
        pairs.customer_id,
        pairs.as_of_date,
        pairs.offer_id,
        {{pair_features}},
        {{person_features}},
        ln(measured.reference_odds) as reference_log_odds,
        cast(later.customer_id is not null as integer) as {OUTCOME}
    from features.feat_offers as pairs
    inner join features.feat_customers as persons using (customer_id, as_of_date)
    inner join reference.reference_offers as measured using (offer_id)
    left join features.feat_offer_purchases as later
        on pairs.customer_id = later.customer_id
        and pairs.offer_id = later.offer_id
        and later.as_of_date = pairs.as_of_date + {HORIZON_DAYS}
        and later.day_count_28d > 0
    where
        list_contains($dates, pairs.as_of_date)
        and md5_number_lower(pairs.customer_id) % {_SHARES} < $share
    order by pairs.customer_id, pairs.as_of_date, pairs.offer_id
"""
_COUNT = """
    select count(*)
    from features.feat_offers as pairs
    inner join reference.reference_offers using (offer_id)
    where list_contains($dates, pairs.as_of_date)
"""


def read_rows(
    connection: duckdb.DuckDBPyConnection, dates: Sequence[date], max_rows: int | None = None
) -> pd.DataFrame:
    """Pairs of measured offers at dates, in the order of their keys.

    Args:
        connection: the training warehouse.
        dates: as-of dates that have a later date of the warehouse 28 days on.
        max_rows: above it people are drawn by a hash, with all of their rows.

    Raises:
        CannotRun: there is no row.
    """
    parameters: dict[str, object] = {"dates": list(dates)}
    (count,) = connection.execute(_COUNT, parameters).fetchall()[0]
    if not count:
        raise CannotRun(f"no pair of a person and a measured offer at {', '.join(map(str, dates))}")
    share = min(1.0, (max_rows or count) / count)
    return connection.execute(
        _ROWS.format(
            pair_features=", ".join(
                f"cast(pairs.{name} as double) as {name}" for name in PAIR_FEATURES
            ),
            person_features=", ".join(
                f"cast(persons.{name} as double) as {name}" for name in PERSON_FEATURES
            ),
        ),
        parameters | {"share": int(share * _SHARES)},
    ).df()


def reference_of(frame: pd.DataFrame) -> NDArray[np.float64]:
    """Log odds that are usual for the offer of each row."""
    return np.asarray(frame["reference_log_odds"], dtype=np.float64)
