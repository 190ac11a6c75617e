"""The week of a report: Monday to Sunday in Beijing time, named as in ISO 8601. Defined here and nowhere else."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ranking.formulas import Frozen

BEIJING = ZoneInfo("Asia/Shanghai")
FIRST_YEAR, LAST_YEAR = 1990, 9998
"""Before the web nothing was read, and at the calendar's ends the weeks around a week have no dates."""
_NAME = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)


class WeekError(ValueError):
    """Not a week; the message is Chinese and says how to write one."""


class Week(Frozen):
    """The seven days from `monday`. Qingbo's weeks run from Sunday to Saturday: its lists are not of the same days."""

    monday: date

    @property
    def name(self) -> str:
        """E.g. "2026-W47"; the year is that of the week's Thursday (ISO 8601)."""
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02d}"

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def starts_at(self) -> datetime:
        """Monday 00:00 in Beijing."""
        return datetime.combine(self.monday, datetime.min.time(), BEIJING)

    @property
    def ends_at(self) -> datetime:
        """The next Monday 00:00 in Beijing; not part of the week."""
        return self.starts_at + timedelta(days=7)

    @property
    def before(self) -> Week:
        return Week(monday=self.monday - timedelta(days=7))

    @property
    def title(self) -> str:
        """As a report's head says it."""
        year, number, _ = self.monday.isocalendar()
        return f"{year} 年第 {number} 周（{_day(self.monday)}—{_day(self.sunday)}）"

    def __contains__(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at


def read_week(name: str) -> Week:
    """From "2026-W47" ("2026w7" too). Raises WeekError, also for a 53rd week that the year does not have."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        raise WeekError(f"“{name}”不是周次，请写成 2026-W47 这样的形式。")
    year, number = int(found[1]), int(found[2])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise WeekError(f"“{name}”不在 {FIRST_YEAR} 年到 {LAST_YEAR} 年之间，请核对周次。")
    try:
        return Week(monday=date.fromisocalendar(year, number, 1))
    except ValueError as error:
        raise WeekError(f"{year} 年没有第 {number} 周，请核对周次。") from error


def week_of(day: date) -> str:
    """The name of the week in which a day (of the calendar in Beijing) falls."""
    return Week(monday=day - timedelta(days=day.weekday())).name


def _day(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"
