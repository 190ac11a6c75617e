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
_SAME_SEASON = 180
"""A date so many days away is this season's."""


@dataclass(frozen=True, slots=True)
class ThemeDay:
    """A day, week or month with a theme.

    `fixed` or `weekday` is the rule by which it begins, `dates` what no rule gives: days by the moon or the sun, and
    those that somebody sets anew each year (`set_by`). In a year that has a date of its own the rule says nothing.
    """

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
    set_by: str = ""
    """Who announces the date each year. Where a rule stands beside it, it is only what is usual."""
    season: tuple[int, ...] = ()
    """The months in which a day without a rule usually falls, as long as its date is not announced."""
    since: int = MINYEAR
    until: int = MAXYEAR
    """The first and the last year in which it is held: 全国科普日 became a month in 2025."""

    def near(self, day: date) -> date | None:
        """The beginning of the occurrence closest to a day; None where none is known for long before or after."""
        starts = self.starts(range(day.year - 1, day.year + 2))
        closest = min(starts, key=lambda start: abs((start - day).days), default=None)
        return closest if closest is not None and abs((closest - day).days) < 250 else None

    def starts(self, years: Iterable[int]) -> list[date]:
        """When it begins in these years, as far as that is known or follows from its rule."""
        found: list[date] = []
        for year in years:
            known = [start for start in self.dates if start.year == year]
            if not known and self.since <= year <= self.until and (self.fixed or self.weekday):
                known = [self._begins(year)]
            found += known
        return found

    def is_usual(self, start: date) -> bool:
        """Whether it only usually begins then: who sets the date has not announced it, or nobody has entered it."""
        return bool(self.set_by) and start not in self.dates

    def held(self, year: int | None) -> bool:
        """Whether a text of this year can belong to it; one without a date is taken as of today's calendar."""
        return self.until == MAXYEAR if year is None else self.since <= year <= self.until

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
    found = [
        (start, day)
        for day in days
        for start in day.starts(range(today.year - 1, last.year + 1))
        if start <= last and today < start + timedelta(days=day.length)
    ]
    return sorted(found, key=lambda each: (each[0], each[1].key))


def unannounced(days: Iterable[ThemeDay], today: date, within: int) -> list[ThemeDay]:
    """The days whose months have come, or come in so many days, while nobody has given this season's date. Pure."""
    ahead = [today + timedelta(days=number) for number in range(within + 1)]
    return [day for day in days if any(each.month in day.season and not _dated(day, each) for each in ahead)]


def caution(day: ThemeDay, start: date) -> str:
    """In Chinese, that it only usually begins then; empty where that is certain. Pure."""
    return f"惯例的日子，以{day.set_by}公布的为准" if day.is_usual(start) else ""


def undated(day: ThemeDay) -> str:
    """In Chinese, what is known of a day without a date: who announces it, and when it usually is. Pure."""
    months = "、".join(map(str, day.season))
    return f"{day.name}：日期还没有公布（每年由{day.set_by}公布，多在 {months} 月）"


def _dated(day: ThemeDay, around: date) -> bool:
    return any(abs((start - around).days) <= _SAME_SEASON for start in day.dates)


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
    days: list[ThemeDay] = []
    for table in file.tables("day"):
        day = _day(table)
        if day.key in seen:
            raise table.fail(day.key, f"“{day.key}”写了两次，请换一个 key。")
        seen.add(day.key)
        _check_names(table, day, days)
        days.append(day)
    if not days:
        raise LexiconError(file.name, 1, "这个文件里没有一段 [[day]]，请从项目的 config 文件夹里补回来。")
    return tuple(days)


def _check_names(table: Table, day: ThemeDay, earlier: Iterable[ThemeDay]) -> None:
    """Refuses a name that another day has in the same years: a text that names it could not tell which."""
    for other in earlier:
        shared = {day.name, *day.alias} & {other.name, *other.alias}
        if shared and day.since <= other.until and other.since <= day.until:
            name = min(shared)
            raise table.fail(f'"{name}"', f"“{name}”这个名字“{other.key}”已经有了，请删去一段或换一个名字。")


def _day(table: Table) -> ThemeDay:
    rules = _rules(table)
    return ThemeDay(
        key=table.text("key"),
        name=table.text("name"),
        alias=table.words("alias"),
        words=table.words("words"),
        length=table.count("days", 1, 1, 366),
        window=table.count("window", 7, 0, 90),
        fixed=_fixed(table) if "date" in rules else None,
        weekday=_weekday(table) if "weekday" in rules else None,
        dates=tuple(_dates(table)) if "dates" in rules else (),
        set_by=table.text("set_by") if "set_by" in table.entry else "",
        season=_months(table) if "season" in rules else (),
        since=table.count("since", MINYEAR, MINYEAR, MAXYEAR),
        until=table.count("until", MAXYEAR, MINYEAR, MAXYEAR),
    )


def _rules(table: Table) -> list[str]:
    """What says when the day is. Beside a rule, `dates` are only for years in which somebody sets another."""
    table.only(
        *("key", "name", "alias", "words", "days", "window", "note"),
        *("date", "weekday", "dates", "set_by", "season", "since", "until"),
    )
    rules: list[str] = [rule for rule in ("date", "weekday", "season", "dates") if rule in table.entry]
    if "set_by" not in table.entry:
        if len(rules) != 1 or "season" in rules:
            raise table.fail("name", "date、weekday、dates 三项里要写而且只写一项，说明在哪一天。")
    elif len([rule for rule in rules if rule != "dates"]) != 1:
        raise table.fail(
            "set_by",
            "每年另行公布的日子（set_by），date、weekday、season 里要写而且只写一项：惯例的日子或多在哪几个月。",
        )
    return rules


def _months(table: Table) -> tuple[int, ...]:
    months = table.entry["season"]
    if (
        not isinstance(months, list)
        or not months
        or any(type(each) is not int or not 1 <= each <= 12 for each in months)
    ):
        raise table.fail("season", "season 应写成月份，例如 season = [9, 10]。")
    return tuple(months)


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
