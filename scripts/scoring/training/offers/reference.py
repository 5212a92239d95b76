"""What is usual for an offer, and which offers go together: measured once, frozen as seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.training.seeds import csv_text, reference_dir

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import duckdb

    from scoring.settings import Settings

MOST_OFFERS = 120
MOST_COPURCHASES = 20
# People that the mean of the department is worth in the rate of an offer.
_DEPARTMENT_WEIGHT = 200
# Purchases expected by chance that a pair needs before its lift is half believed.
_LIFT_WEIGHT = 10
_OFFER_COLUMNS = ("offer_id", "purchase_rate", "reference_odds", "measured_on")
_PAIR_COLUMNS = ("offer_id", "taken_offer_id", "lift_weight")

# An offer was taken in the 28 days after a date where the window of 28 days says so 28 days later.
_RATES = """
    with asked as (
        select spine.as_of_date, count(*) as people
        from intermediate.int_spine as spine
        where list_contains($dates, spine.as_of_date)
        group by spine.as_of_date
    ),
    taken as (
        select offer_id, count(*) as takers
        from features.feat_offer_purchases
        where list_contains($dates, cast(as_of_date - 28 as date)) and day_count_28d > 0
        group by offer_id
    ),
    departments as (
        select offer_id, any_value(department) as department
        from intermediate.int_offers
        group by offer_id
    ),
    counted as (
        select
            taken.offer_id,
            taken.takers,
            (select sum(people) from asked) as people,
            avg(taken.takers) over (partition by departments.department) as usual_takers
        from taken
        inner join departments using (offer_id)
    )
    select
        offer_id,
        (takers + $weight * usual_takers / people) / (people + $weight) as purchase_rate
    from counted
    order by purchase_rate desc, offer_id
    limit $most
"""

# Among those who had not taken an offer: how much more often than all of them do those take it who
# have taken another.
_COPURCHASES = """
    with measured as (select unnest($offers) as offer_id),
    history as (
        select customer_id, as_of_date, offer_id
        from features.feat_offer_purchases
        where list_contains($dates, as_of_date) and offer_id in (select offer_id from measured)
    ),
    untaken as (
        select spine.customer_id, spine.as_of_date, measured.offer_id
        from intermediate.int_spine as spine
        cross join measured
        anti join history
            on spine.customer_id = history.customer_id
            and spine.as_of_date = history.as_of_date
            and measured.offer_id = history.offer_id
        where list_contains($dates, spine.as_of_date)
    ),
    answered as (
        select untaken.*, later.customer_id is not null as is_taken
        from untaken
        left join features.feat_offer_purchases as later
            on untaken.customer_id = later.customer_id
            and untaken.offer_id = later.offer_id
            and later.as_of_date = untaken.as_of_date + 28
            and later.day_count_28d > 0
    ),
    usual as (
        select offer_id, avg(is_taken::int) as rate
        from answered
        group by offer_id
    ),
    together as (
        select
            answered.offer_id,
            history.offer_id as taken_offer_id,
            sum(answered.is_taken::int) as takers,
            count(*) as people
        from answered
        inner join history using (customer_id, as_of_date)
        group by all
    ),
    lifts as (
        select
            together.offer_id,
            together.taken_offer_id,
            round(
                (takers + $weight) / (people * usual.rate + $weight) - 1, 3
            ) as lift_weight
        from together
        inner join usual on together.offer_id = usual.offer_id
    )
    select offer_id, taken_offer_id, lift_weight
    from lifts
    where lift_weight > 0
    qualify row_number() over (
        partition by offer_id order by lift_weight desc, taken_offer_id
    ) <= $most
    order by offer_id, taken_offer_id
"""


def measure_rates(
    connection: duckdb.DuckDBPyConnection, dates: Sequence[date]
) -> list[tuple[str, float]]:
    """The offers most often taken within 28 days of the dates, with their rates.

    A rate is pulled towards the mean of the offer's department where few people were asked.

    Raises:
        CannotRun: nobody took anything.
    """
    rates = connection.execute(
        _RATES, {"dates": list(dates), "weight": _DEPARTMENT_WEIGHT, "most": MOST_OFFERS}
    ).fetchall()
    if not rates:
        raise CannotRun(
            "no offer was taken after the training dates: offers need order lines with products,"
            " and a category for each product or a table of what offers cover"
        )
    return [(offer, float(rate)) for offer, rate in rates]


def measure_copurchases(
    connection: duckdb.DuckDBPyConnection, dates: Sequence[date], offers: Sequence[str]
) -> list[tuple[str, str, float]]:
    """For each offer the other offers whose takers take it more often than others do."""
    return connection.execute(
        _COPURCHASES,
        {
            "dates": list(dates),
            "offers": list(offers),
            "weight": _LIFT_WEIGHT,
            "most": MOST_COPURCHASES,
        },
    ).fetchall()


def write_reference(
    settings: Settings,
    rates: Sequence[tuple[str, float]],
    copurchases: Sequence[tuple[str, str, float]],
    measured_on: date,
) -> None:
    """Write both seeds."""
    folder = reference_dir(settings) / "offers"
    offer_rows = [
        {
            "offer_id": offer,
            "purchase_rate": f"{rate:.6f}",
            "reference_odds": f"{rate / (1 - rate):.6f}",
            "measured_on": measured_on.isoformat(),
        }
        for offer, rate in sorted(rates)
    ]
    pair_rows = [
        {"offer_id": offer, "taken_offer_id": taken, "lift_weight": f"{weight:.3f}"}
        for offer, taken, weight in copurchases
    ]
    for name, columns, rows in (
        ("reference_offers", _OFFER_COLUMNS, offer_rows),
        ("reference_copurchases", _PAIR_COLUMNS, pair_rows),
    ):
        text = csv_text(columns, rows, header=True)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
