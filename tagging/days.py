"""Theme days: when each falls, and which a text belongs to."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tagging.reading import LexiconError, Table, TomlFile

BEIJING = ZoneInfo("Asia/Shanghai")
FILE = "theme_days.toml"


@dataclass(frozen=True, slots=True)
class ThemeDay:
    """A day, week or month with a theme. Exactly one of `fixed`, `weekday` and `dates` says when it begins."""

    key: str
    name: str
    alias: tuple[str, ...]
    words: tuple[str, ...]
    """Words of its subject: enough to tie a text published close to the day to it."""
    length: int
    window: int
    """So many days before it begins a text about its subject already belongs to it."""
    fixed: tuple[int, int] | None = None
    weekday: tuple[int, int, int] | None = None
    """Month, which one (-1: the last), day of the week (1 Monday … 7 Sunday)."""
    dates: tuple[date, ...] = ()
    """For days by the lunar calendar or the sun."""

    def near(self, day: date) -> date | None:
        """The beginning of the occurrence closest to a day; None where the dates given end long before or after."""
        years = range(max(MINYEAR, day.year - 1), min(MAXYEAR, day.year + 1) + 1)
        starts = self.dates or tuple(self._begins(year) for year in years)
        closest = min(starts, key=lambda start: abs((start - day).days))
        return closest if abs((closest - day).days) < 250 else None

    def open_on(self, day: date) -> bool:
        """Whether a text published on this day stands in the window of the nearest occurrence."""
        start = self.near(day)
        return start is not None and -self.window <= (day - start).days < self.length

    def _begins(self, year: int) -> date:
        if self.weekday is not None:
            return _nth_weekday(year, *self.weekday)
        month, day = self.fixed or (1, 1)
        return date(year, month, day)


def coming(days: Iterable[ThemeDay], today: date, within: int) -> list[tuple[date, ThemeDay]]:
    """What has begun and goes on, and what begins in so many days, by its first day. Pure."""
    last = today + timedelta(days=within)
    years = range(max(MINYEAR, today.year - 1), min(MAXYEAR, today.year + 1) + 1)
    found = [
        (start, day)
        for day in days
        for start in (day.dates or tuple(day._begins(year) for year in years))
        if start <= last and today < start + timedelta(days=day.length)
    ]
    return sorted(found, key=lambda each: (each[0], each[1].key))


def _nth_weekday(year: int, month: int, which: int, weekday: int) -> date:
    first = date(year, month, 1)
    if which > 0:
        return first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (which - 1))
    last = date(year, month, monthrange(year, month)[1])
    return last - timedelta(days=(last.isoweekday() - weekday) % 7)


def beijing_day(moment: datetime) -> date:
    """The calendar day in Beijing; a time without a zone is taken as Beijing's, and so is one at the calendar's end."""
    try:
        return moment.date() if moment.tzinfo is None else moment.astimezone(BEIJING).date()
    except OverflowError:
        return moment.date()


def load_days(file: TomlFile) -> tuple[ThemeDay, ...]:
    """Reads theme_days.toml. Raises LexiconError."""
    file.only("day")
    seen: set[str] = set()
    days = []
    for table in file.tables("day"):
        day = _day(table)
        if day.key in seen:
            raise table.fail(day.key, f"“{day.key}”写了两次，请换一个 key。")
        seen.add(day.key)
        days.append(day)
    if not days:
        raise LexiconError(file.name, 1, "这个文件里没有一段 [[day]]，请从项目的 config 文件夹里补回来。")
    return tuple(days)


def _day(table: Table) -> ThemeDay:
    table.only("key", "name", "alias", "words", "days", "window", "date", "weekday", "dates", "note")
    rules = [rule for rule in ("date", "weekday", "dates") if rule in table.entry]
    if len(rules) != 1:
        raise table.fail("name", "date、weekday、dates 三项里要写而且只写一项，说明在哪一天。")
    return ThemeDay(
        key=table.text("key"),
        name=table.text("name"),
        alias=table.words("alias"),
        words=table.words("words"),
        length=table.count("days", 1, 1, 366),
        window=table.count("window", 7, 0, 90),
        fixed=_fixed(table) if rules == ["date"] else None,
        weekday=_weekday(table) if rules == ["weekday"] else None,
        dates=tuple(_dates(table)) if rules == ["dates"] else (),
    )


def _fixed(table: Table) -> tuple[int, int]:
    value = table.text("date")
    try:
        day = date.fromisoformat(f"2023-{value}")
    except ValueError as error:
        raise table.fail("date", 'date 应写成月-日，例如 date = "05-12"。') from error
    return day.month, day.day


def _weekday(table: Table) -> tuple[int, int, int]:
    value = table.entry["weekday"]
    try:
        month, which, weekday = value["month"], value["which"], value["weekday"]
        whole = all(type(part) is int for part in (month, which, weekday))
        good = whole and 1 <= month <= 12 and which in (1, 2, 3, 4, -1) and 1 <= weekday <= 7
    except (TypeError, KeyError):
        good = False
    if not good:
        raise table.fail(
            "weekday", "weekday 应写成 { month = 9, which = 3, weekday = 6 }，weekday 1 为星期一，7 为星期日。"
        )
    return int(month), int(which), int(weekday)


def _dates(table: Table) -> Iterator[date]:
    for value in table.words("dates", needed=True):
        try:
            yield date.fromisoformat(value)
        except ValueError as error:
            raise table.fail(value, f"“{value}”不是日期，应写成 2026-10-18。") from error
