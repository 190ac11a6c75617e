"""The year, the month or the day that stands once above rows of a listing, for the rows below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from bs4 import Tag

from connectors.extraction.blocks import plain, visible_text
from connectors.extraction.dates import Moment, dates_in, month_named, parse_date
from connectors.extraction.recent import recent

_UP = 4
_ROWS = 60
"""So many siblings above a row may lie between it and its heading."""
_LONGEST = 30
_YEAR = re.compile(
    r"\W*(20\d\d)\s?(?:(?:年度?)?(?:\s?[-/.]?\s?(1[0-2]|0?[1-9])\s?月份?)?|年度?[\u4e00-\u9fff]{1,8})\s*(?:[(（]\d{1,4}\s?[篇条]?[)）])?\W*"
)
"""Some archives count the rows below: 2026年11月（4）."""
_DAY_OF_YEAR = re.compile(r"\W*(1[0-2]|0?[1-9])\s?[-/.月]\s?(3[01]|[12]\d|0?[1-9])日?\W*")
_DAY_OF_MONTH = re.compile(r"\W*(?:(3[01]|[12]\d|0[1-9])(?![.、])|([1-9])(?=日))日?\W*")
"""Not 1. and 2., which number rows."""
_DAY = re.compile(r"\W*(?:20\d\d\s?[-/.年]\s?\d\d?\s?[-/.月]\s?\d\d?日?|\d\d?月\d\d?日)\W*(?:星期.|周.)?\W*")
_AT_LEAST = 2


def under_year(link: Tag, texts: Iterable[str], now: datetime) -> Moment | None:
    """A day without its year, or without its month too, under a heading that says them: 2024年, 2026年11月, 11月."""
    for text in texts:
        if (day := _DAY_OF_YEAR.fullmatch(text)) and (year := _heading(link)[0]):
            return parse_date(f"{year}-{day[1]}-{day[2]}")
        if day := _DAY_OF_MONTH.fullmatch(text):
            year, month = _heading(link)
            if month:
                return _of(year, month, day[1] or day[2], now)
    return None


def under_day(link: Tag, now: datetime) -> Moment | None:
    """The day that stands as a heading above several rows, on a listing that parts all its rows by such headings."""
    for box in islice([link, *link.parents], _UP):
        above = next((text for text in map(_shown, islice(_above(box), _ROWS)) if _DAY.fullmatch(text)), "")
        if above and _has_headings(box):
            return next(iter(dates_in(above)), None) or recent(above, now, None)
    return None


def _has_headings(box: Tag) -> bool:
    """Whether several days stand among the rows, the first of them above the first row: else they stand below theirs."""
    siblings = [each for each in islice(box.parent.children if box.parent else (), 2 * _ROWS) if isinstance(each, Tag)]
    days = [place for place, each in enumerate(siblings) if _DAY.fullmatch(_shown(each))]
    rows = (place for place, each in enumerate(siblings) if each.name == "a" or each.find("a"))
    return len(days) >= _AT_LEAST and days[0] < next(rows, 0)


def _heading(link: Tag) -> tuple[str, str]:
    """Year and month of the nearest headings; a month alone stands between its rows and its year."""
    month = ""
    for box in islice([link, *link.parents], _UP + 1):
        for text in map(_shown, islice(_above(box), _ROWS)):
            if match := _YEAR.fullmatch(text):
                return match[1], match[2] or month
            if not month and (number := month_named(text)):
                month = str(number)
    return "", month


def _above(box: Tag) -> Iterator[Tag]:
    return (each for each in box.previous_siblings if isinstance(each, Tag))


def _of(year: str, month: str, day: str, now: datetime) -> Moment | None:
    return parse_date(f"{year}-{month}-{day}") if year else recent(f"日期 {month}月{day}日", now, None)


def _shown(element: Tag) -> str:
    text = visible_text(plain("".join(islice(element.strings, _LONGEST))))
    return text if len(text) <= _LONGEST else ""
