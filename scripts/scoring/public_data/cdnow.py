"""CDNOW: 2,357 buyers of music, who first bought in early 1997, and what they bought in 18 months.

Purchases of one buyer on one day are one order. Eight rows carry no amount; they stay orders of 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.public_data.reading import read_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

FILE = "cdnow_sample.txt.gz"
ORIGIN = "the 1/10 sample of the CDNOW purchases that Fader and Hardie published"
ROWS = 6919


def tables(file: Path) -> dict[str, pd.DataFrame]:
    """`sales.orders`, an order per buyer and day."""
    import pandas as pd

    columns = ["master_id", "customer_id", "day", "units", "amount"]
    rows = read_table(file, separator=r"\s+", rows=ROWS, columns=columns)
    rows["ordered_at"] = pd.to_datetime(rows["day"], format="%Y%m%d")
    rows["cents"] = (rows["amount"].astype(float) * 100).round().astype("int64")
    orders = rows.groupby(["customer_id", "day", "ordered_at"], as_index=False)["cents"].sum()
    return {
        "sales.orders": pd.DataFrame(
            {
                "order_id": orders["customer_id"] + "-" + orders["day"],
                "customer_id": orders["customer_id"],
                "ordered_at": orders["ordered_at"],
                "amount": orders["cents"] / 100,
            }
        )
    }
