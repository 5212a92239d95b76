"""German credit: 1,000 loan applicants, 300 of whom did not pay.

The set has no dates. All apply on one made-up day; what they stated was known the day before, and
who did not pay is known at the end of the year that follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.errors import CannotRun
from scoring.public_data.reading import as_attributes, read_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

FILE = "german_credit.data.gz"
ORIGIN = "Statlog (German credit data) of the UCI repository, with a line of names"
ROWS = 1000
KNOWN = "1993-12-31 12:00"
JUDGED = "1994-12-31 12:00"

FIELDS = (
    *("checking_account", "duration_months", "credit_history", "purpose", "credit_amount"),
    *("savings", "employment_since", "installment_rate", "personal_status_and_sex"),
    *("other_debtors", "residence_since", "property", "age_years", "other_installment_plans"),
    *("housing", "existing_credits", "job", "dependants", "telephone", "foreign_worker"),
)


def tables(file: Path) -> dict[str, pd.DataFrame]:
    """`crm.customers`, their attributes and loans, and the defaults as `outcomes.events`.

    The loan is what makes an applicant somebody whose credit risk is asked. Its term is left to the
    attributes: nothing is paid back yet.
    """
    import pandas as pd

    frame = read_table(file, separator=" ", rows=ROWS, columns=[*FIELDS, "class"], skipped=1)
    if set(frame["class"]) != {"1", "2"}:
        raise CannotRun(f"{file}: the last column should hold 1 (paid) and 2 (did not)")
    frame["customer_id"] = [f"applicant-{number:04d}" for number in range(1, len(frame) + 1)]
    defaulted = frame.loc[frame["class"] == "2", "customer_id"]
    return {
        "crm.customers": pd.DataFrame(
            {
                "customer_id": frame["customer_id"],
                "created_at": pd.Timestamp(KNOWN),
                "updated_at": pd.Timestamp(KNOWN),
            }
        ),
        "crm.customer_attributes": as_attributes(frame, FIELDS, updated_at=pd.Timestamp(KNOWN)),
        "finance.loans": pd.DataFrame(
            {
                "loan_id": "loan-" + frame["customer_id"],
                "customer_id": frame["customer_id"],
                "started_at": pd.Timestamp(KNOWN),
                "amount": frame["credit_amount"].astype("float64"),
            }
        ),
        "outcomes.events": pd.DataFrame(
            {
                "event_id": "default-" + defaulted,
                "customer_id": defaulted,
                "outcome_name": "default",
                "occurred_at": pd.Timestamp(JUDGED),
            }
        ),
    }
