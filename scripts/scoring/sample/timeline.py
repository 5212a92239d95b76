"""The days of the sample, and small random helpers for times and amounts."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

FIRST_DAY: Final = date(2024, 1, 3)
LAST_DAY: Final = date(2025, 6, 29)
DAY_COUNT: Final = (LAST_DAY - FIRST_DAY).days + 1
AS_OF_DATE: Final = LAST_DAY + timedelta(days=1)


def day_at(index: int) -> date:
    """The day with this number, 0 being the first day of the sample."""
    return FIRST_DAY + timedelta(days=index)


def moment(rng: Random, day: date) -> datetime:
    """A time on a day, well inside it, so that it is the same day in every nearby time zone."""
    seconds = (
        rng.randrange(11 * 3600, 16 * 3600) if day >= LAST_DAY else rng.randrange(28800, 72000)
    )
    return datetime.combine(day, time()) + timedelta(seconds=seconds)


def later(rng: Random, when: datetime, low: int, high: int) -> datetime | None:
    """A time `low` to `high` days after `when`, or None where the sample ends before."""
    day = when.date() + timedelta(days=rng.randint(low, high))
    return moment(rng, day) if day <= LAST_DAY else None


def stamp(when: datetime | None) -> str | None:
    """A time as CSV text."""
    return when.isoformat(sep=" ") if when else None


def money(cents: int) -> str:
    """An amount in cents as text with two digits."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def chance(rng: Random, probability: float) -> bool:
    """True with this probability."""
    return rng.random() < probability


def between(rng: Random, low: float, high: float) -> float:
    """A number between `low` and `high`, all equally likely."""
    return low + (high - low) * rng.random()
