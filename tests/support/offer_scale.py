"""What 5 means for each offer, for the independent scorer."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.support.seed_cards import read_rows

if TYPE_CHECKING:
    from pathlib import Path


class OfferScale:
    """References of offers, in points of the score."""

    def __init__(self, reference: Path, of_sector: Path) -> None:
        """Read the seeds of all sectors and of one."""
        rows = read_rows(of_sector / "score_references.csv")
        (scale,) = [row for row in rows if row["score_name"] == "offer_affinity"]
        self._usual = float(scale["reference_value"])
        self._points_per_doubling = float(scale["points_per_doubling"])
        self._odds = {
            row["offer_id"]: float(row["reference_odds"])
            for row in read_rows(reference / "offers" / "reference_offers.csv")
        }

    def points(self, offer: str) -> Decimal:
        """Points between the reference of an offer and that of one never measured."""
        doublings = math.log2(self._odds.get(offer, self._usual) / self._usual)
        return Decimal(math.floor(self._points_per_doubling * doublings * 1000 + 0.5)) / 1000
