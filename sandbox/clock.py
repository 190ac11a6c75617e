"""The world's clock: real time plus an offset. Dates and days are those of Beijing, as on the platforms."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
DAY = 86_400.0


class Clock:
    """Seconds since 1970 (UTC) as this world sees them."""

    def __init__(self, offset: float = 0.0, real: Callable[[], float] = time.time) -> None:
        self.offset = offset
        self._real = real

    def now(self) -> float:
        return self._real() + self.offset

    def set(self, moment: float) -> None:
        self.offset = moment - self._real()


def parse_moment(text: str) -> float:
    """ISO 8601 to seconds; a time without a zone is Beijing time. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).timestamp()


def beijing(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, BEIJING)


def iso(moment: float | None) -> str | None:
    return None if moment is None else beijing(moment).isoformat(timespec="seconds")


def day_of(moment: float) -> date:
    return beijing(moment).date()


def day_start(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING).timestamp()


def day_end(day: date) -> float:
    return day_start(day) + DAY


def days_between(first: date, last: date) -> list[date]:
    """Both ends included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
