"""What is asked for, the calendar of the period, and the streams of random numbers."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from scoring.errors import CannotRun
from scoring.simulate.columns import DAY

if TYPE_CHECKING:
    from scoring.simulate.columns import Bools, Floats, Ints
    from scoring.simulate.sectors import Sector

BLOCK: Final = 4_000
"""People who are drawn together. A part of the recipe: another size gives other people."""
AFTER: Final = 91
"""Days after the period that the calendar goes on for, so that the truth can look ahead."""
LATE_DAYS: Final = (31, 75)
_MOST_CUSTOMERS: Final = 100_000_000
_MOST_LINES: Final = 5_000
_MOST_DAYS: Final = 3_650
_LARGEST_SHARE: Final = 0.5


@dataclass(frozen=True)
class Plan:
    """A simulation, given in full by these values.

    Attributes:
        customers: people, prospects included.
        days: length of the period.
        seed: seed of every random number.
        sector: parameters of the trade.
        lines_per_customer: order lines per person over the period, on average.
        dirt: rows added that are rejected, repeated or corrected, as a share of the good rows.
        late: share of events that are delivered a month or more after they happened.
        tables: all, or orders and order lines alone.
        end: day after the last day.
    """

    customers: int
    days: int
    seed: int
    sector: Sector
    lines_per_customer: float
    dirt: float
    late: float
    tables: str = "all"
    end: date = date(2025, 7, 1)

    @property
    def block_count(self) -> int:
        """Number of blocks of people."""
        return -(-self.customers // BLOCK)

    @property
    def end_second(self) -> int:
        """Midnight after the last day, seconds since 1970."""
        moment = datetime(self.end.year, self.end.month, self.end.day, tzinfo=UTC)
        return int(moment.timestamp())

    @property
    def start_second(self) -> int:
        """Midnight before the first day, seconds since 1970."""
        return self.end_second - self.days * DAY

    @property
    def part_count(self) -> int:
        """Months of delivery."""
        return int(self.parts(np.array([self.end_second - 1]))[0])

    @cached_property
    def season(self) -> Floats:
        """Order rate of each day relative to the mean over a year, some days beyond the end."""
        days = np.arange(self.start_second // DAY, self.end_second // DAY + AFTER)
        in_year = days - days.astype("datetime64[D]").astype("datetime64[Y]").astype(
            "datetime64[D]"
        ).astype(np.int64)
        angle = 2 * np.pi * (in_year - self.sector.season_peak) / 365.25
        weekdays = np.asarray(self.sector.weekdays)
        weekday = weekdays[(days + 3) % 7] / weekdays.mean()
        return np.asarray((1 + self.sector.season_amplitude * np.cos(angle)) * weekday)

    @cached_property
    def season_sums(self) -> Floats:
        """Sum of `season` before each day, from 0."""
        return np.concatenate(([0.0], np.cumsum(self.season)))

    def season_until(self, day: Floats) -> Floats:
        """Sum of `season` up to a point of the period, in days from its start."""
        return np.interp(day, np.arange(len(self.season_sums)), self.season_sums)

    def block_size(self, block: int) -> int:
        """People of a block."""
        return min(BLOCK, self.customers - block * BLOCK)

    def stream(self, purpose: str, block: int = 0) -> np.random.Generator:
        """Random numbers of their own for each purpose and block."""
        sequence = np.random.SeedSequence([self.seed, zlib.crc32(purpose.encode()), block])
        return np.random.Generator(np.random.Philox(sequence))

    def parts(self, loaded: Ints) -> Ints:
        """Number of the delivery that holds what was loaded at a time: its month, from 1."""
        months = loaded.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
        first = np.int64(self.start_second).astype("datetime64[s]").astype("datetime64[M]")
        return np.asarray(months - first.astype(np.int64) + 1)

    def delivered(self, seconds: Ints, is_late: Bools, late_days: Ints) -> Ints:
        """When events are delivered: at the end of their day, or days later; within the period."""
        ends = (seconds // DAY + 1 + np.where(is_late, late_days, 0)) * DAY - 1
        return np.clip(ends, self.start_second + DAY - 1, self.end_second - 1)

    def delivered_at_random(self, seconds: Ints, rng: np.random.Generator) -> Ints:
        """The same with the asked share of late ones."""
        is_late = rng.random(len(seconds)) < self.late
        return self.delivered(seconds, is_late, rng.integers(*LATE_DAYS, len(seconds)))


def make_plan(
    *,
    customers: int,
    days: int,
    seed: int,
    sector: Sector,
    lines_per_customer: float | None = None,
    dirt: float = 0.01,
    late: float = 0.05,
    tables: str = "all",
) -> Plan:
    """A plan that can be carried out.

    Raises:
        CannotRun: a value is out of its range; the message names the range.
    """
    lines = sector.lines_per_year * days / 365 if lines_per_customer is None else lines_per_customer
    for name, value, least, most in (
        ("--customers", customers, 1, _MOST_CUSTOMERS),
        ("--days", days, 1, _MOST_DAYS),
        ("--seed", seed, 0, 2**63 - 1),
        ("--lines-per-customer", lines, 0, _MOST_LINES),
        ("--dirt", dirt, 0, _LARGEST_SHARE),
        ("--late", late, 0, _LARGEST_SHARE),
    ):
        if not least <= value <= most:
            raise CannotRun(f"{name} is {value}: use a value from {least} to {most}")
    if tables not in ("all", "sales"):
        raise CannotRun(f"--tables is '{tables}': use all or sales")
    return Plan(customers, days, seed, sector, lines, dirt, late, tables)
