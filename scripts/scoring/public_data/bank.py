"""Bank: 41,188 telephone contacts of a Portuguese bank, 2008 to 2010, in the order of time.

The set tells the month of a contact and, by its order, the year. Each month is a campaign and its
contacts are dated to the first day; what was on the list was known the day before. How long the
call took is known only after it: it is delivered with that time, and the cut at the as-of date
keeps it out of every feature.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.public_data.reading import as_attributes, read_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

FILE = "bank_additional_full.csv.gz"
ORIGIN = "bank-additional-full of the set Bank Marketing of the UCI repository"
ROWS = 41188
FIRST_YEAR = 2008

# The set's name of a field, and the attribute's where it is another.
FIELDS = {
    **{name: name for name in ("age", "job", "marital", "education", "housing", "loan")},
    **{name: name for name in ("contact", "campaign", "pdays", "previous", "poutcome")},
    "default": "has_default",
    "day_of_week": "weekday",
    "month": "month",
    "emp.var.rate": "employment_variation_rate",
    "cons.price.idx": "consumer_price_index",
    "cons.conf.idx": "consumer_confidence_index",
    "euribor3m": "euribor_3m",
    "nr.employed": "employed_count",
}
MACRO_ECONOMIC = (
    *("employment_variation_rate", "consumer_price_index", "consumer_confidence_index"),
    *("euribor_3m", "employed_count"),
)
_NEVER_CONTACTED = "999"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def tables(file: Path) -> dict[str, pd.DataFrame]:
    """Campaigns, touches, responses and attributes."""
    import pandas as pd

    frame = read_table(file, separator=";", rows=ROWS)
    missing = {*FIELDS, "duration", "y"} - set(frame.columns)
    if missing:
        raise CannotRun(f"{file} lacks the columns {', '.join(sorted(missing))}")
    numbers = pd.Series(range(1, len(frame) + 1), index=frame.index)
    frame["customer_id"] = "client-" + numbers.map("{:05d}".format)
    frame["campaign_id"] = _months(frame["month"])
    frame["day"] = pd.to_datetime(frame["campaign_id"], format="%Y-%m")
    frame["touched_at"] = frame["day"] + pd.Timedelta(hours=12)
    frame["hung_up_at"] = frame["touched_at"] + pd.to_timedelta(
        frame["duration"].astype(int), unit="s"
    )
    # 999 days since the last contact means that there was none.
    frame["pdays"] = frame["pdays"].mask(frame["pdays"] == _NEVER_CONTACTED)
    listed = frame.rename(columns=FIELDS)
    answered = frame[frame["y"] == "yes"]
    campaigns = frame.groupby("campaign_id", as_index=False)["day"].first()
    return {
        "marketing.campaigns": pd.DataFrame(
            {
                "campaign_id": campaigns["campaign_id"],
                "channel": "phone",
                "start_date": campaigns["day"],
                "end_date": campaigns["day"] + pd.offsets.MonthEnd(),
            }
        ),
        "marketing.touches": pd.DataFrame(
            {
                "touch_id": "call-" + frame["customer_id"],
                "customer_id": frame["customer_id"],
                "campaign_id": frame["campaign_id"],
                "touched_at": frame["touched_at"],
                "channel": "phone",
                "status": "sent",
            }
        ),
        "marketing.responses": pd.DataFrame(
            {
                "response_id": "subscription-" + answered["customer_id"],
                "customer_id": answered["customer_id"],
                "campaign_id": answered["campaign_id"],
                "touch_id": "call-" + answered["customer_id"],
                "responded_at": answered["hung_up_at"],
                "response_type": "subscription",
            }
        ),
        "crm.customer_attributes": pd.concat(
            [
                as_attributes(
                    listed,
                    list(FIELDS.values()),
                    updated_at=listed["day"] - pd.Timedelta(hours=12),
                ),
                as_attributes(frame, ["duration"], updated_at=frame["hung_up_at"]),
            ],
            ignore_index=True,
        ),
    }


def _months(month: pd.Series) -> pd.Series:
    """Year and month of each row: a year begins where the months turn back."""
    places = month.map({name: place for place, name in enumerate(_MONTHS, 1)})
    years = FIRST_YEAR + (places.diff() < 0).cumsum()
    return years.astype(str) + "-" + places.astype(int).map("{:02d}".format)
