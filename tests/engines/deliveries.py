"""Two states of the sample: what had arrived before the last month, and what had a month later.

Between them files came, one was replaced and one withdrawn. The later state also has rows whose
cells are written in ways that engines read differently, if at all.
"""

from __future__ import annotations

import csv
import json
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LAST_MONTH = ("sales/orders/2025-06.csv", "sales/order_lines/2025-06.csv")
WITHDRAWN = "crm/leads/b.csv"
REPLACED = "crm/customers/2025.csv"

_NUMBERS = (
    *("1", "1.5", "1e2", "5E-1", "1_0", ".5", "5.", "+5", "-5", "0x1F", "NaN", "inf", "Infinity"),
    *("12.34567", "12.00005", "-12.00005", "1e20", "1e-30", "--1", "1 2", "1,5", "12.0", "1__0"),
    *("_1", "1_", "1e", "", "9" * 30, "2.0000001", "2.000001", "٣"),
)
_BOOLEANS = (
    *("true", "T", "f", "FALSE", "1", "0", "yes", "No", "y", "n", "on", "off", "tr", "2", "1.0"),
    *("null", " true "),
)
_DATES = (
    *("2024-02-29", "2023-02-29", "2026-02-30", "2024-1-1", "2024/01/31", "2024 01 31", "20240131"),
    *("31.12.1980", "12/31/1980", "2024-01/31", "2024-00-10", "2024-13-01", "2024-01-00", "today"),
    *("24-01-01", "2024-001-01", "2024-01-011", "2024-01-01junk", "2024-01-01 10:00", "now"),
    *("Jan 1 2024", "10000-01-01", "2024-01", "+2024-01-01", "2024\\01\\31", "tomorrow"),
)
_TIMES = (
    *("10:00", "10:00:00", "1:2:3", "10", "10:0:0", "10:60:00", "23:59:60", "24:00:00", "25:00:00"),
    *("10:00:00.5", "10:00:00.1234567", "10:00:00.", "10:00:00,5", "10:00:00 AM", "10:00:00 Z"),
    *("10:00:00Z", "10:00Z", "10:00+02", "10:00:00+02", "10:00:00+0230", "10:00:00+02:30"),
    *("10:00:00-08:00:30", "10:00:00+2", "10:00:00 +02", "10:00:00+25", "10:00:00 Europe/Paris"),
    *("10:00:00 Nowhere/None", "10:00 UTC", "10:00:00 UTC", "10:00:00z", " 10:00:00", "24:00:01"),
)
_TIMESTAMPS = (
    *_DATES,
    *(f"2024-03-31 {time}" for time in _TIMES),
    *("2024-03-31T10:00:00Z", "2024-03-31t10:00:00Z", "2024-03-31T10:00:00.000+01:00"),
    *("2024-03-31Z", "2024-03-31+02", "2024-02-30T10:00:00Z", "allballs", "2024-03-31T"),
)


def write_first(sample: Path, raw: Path) -> None:
    """The sample without its last month."""
    shutil.copytree(sample, raw)
    for delivery in LAST_MONTH:
        (raw / delivery).unlink()


def write_second(sample: Path, raw: Path) -> None:
    """What lies there a month later."""
    for delivery in LAST_MONTH:
        shutil.copy2(sample / delivery, raw / delivery)
    (raw / WITHDRAWN).unlink()
    _replace_customers(raw / REPLACED)
    _write_odd_cells(raw)
    _write_unreadable_lines(raw)


def _replace_customers(path: Path) -> None:
    """A region overwritten under the same `updated_at`: only the snapshot keeps the old one."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows[:50]:
        row["region"] = "Moved"
    _write(path, rows)


def _write_odd_cells(raw: Path) -> None:
    """One row per odd cell, so that each gets a verdict of its own."""
    customers = {
        "birth_date": _DATES,
        "updated_at": _TIMESTAMPS,
        "household_size": _NUMBERS,
        "consent_email": _BOOLEANS,
    }
    rows = [
        {"customer_id": f"ODD-{name}-{place:03}", "updated_at": "2025-06-20 10:00:00", name: cell}
        for name, cells in customers.items()
        for place, cell in enumerate(cells)
    ]
    names = ["customer_id", *customers]
    _write(
        raw / "crm/customers/odd.csv", [{name: row.get(name, "") for name in names} for row in rows]
    )
    _write(
        raw / "crm/leads/odd.csv",
        [
            {
                "lead_id": f"ODD-{place:03}",
                "customer_id": "C0001",
                "created_at": "2025-06-20",
                "amount": cell,
            }
            for place, cell in enumerate(_NUMBERS)
        ],
    )
    attributes = ("1.25", "12.3456789", "1e3", "NaN", "text", "-0.0000005", "0x10")
    _write(
        raw / "crm/customer_attributes/odd.csv",
        [
            {
                "customer_id": "C0001",
                "attribute": f"odd_{place}",
                "value": cell,
                "updated_at": "2025-06-20 10:00:00",
            }
            for place, cell in enumerate(attributes)
        ],
    )


def _write_unreadable_lines(raw: Path) -> None:
    (raw / "crm/feedback").mkdir()
    (raw / "crm/feedback/ragged.csv").write_text(
        "feedback_id,customer_id,given_at,feedback_type,rating\n"
        "RAGGED-1,C0001,2025-06-20,nps,9\n"
        "RAGGED-2,C0001,2025-06-20\n"
        "RAGGED-3,C0001,2025-06-20,nps,9,and,more\n",
        encoding="utf-8",
    )
    line = {
        "feedback_id": "ODD-1",
        "customer_id": "C0001",
        "given_at": "2025-06-20T10:00:00Z",
        "feedback_type": "nps",
        "rating": 9.5,
        "more": {"nested": [1, 2.50, None]},
    }
    (raw / "crm/feedback/odd.jsonl").write_text(
        f'{json.dumps(line)}\nno json\n[1, 2]\n\n{{"feedback_id": null}}\n', encoding="utf-8"
    )


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
