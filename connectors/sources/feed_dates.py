"""Times of feeds as software writes them that puts its own language into English forms: 周五, 20 十一月 2026 08:30:00 +0800."""

from __future__ import annotations

import re

from connectors.extraction.blocks import plain
from connectors.extraction.dates import Moment, month_named, parse_date

_LONGEST = 100
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAY = re.compile(
    r"(?:星期|周|週|礼拜|禮拜)[一二三四五六日天],?|^\s*[一二三四五六日],|^\s*[A-Z][a-z]{2,8},\s?(?=\d\d?\s\d\d?\s\d{4}\s)"
)
_NAMED = r"(十[一二]?月|[一二三四五六七八九]月|(?:1[0-2]|0?[1-9])月|[A-Z][a-z]{2})"
_DAY_FIRST = re.compile(rf"(?<!\d)(\d\d?)[\s-]{{1,3}}{_NAMED}[,\s-]{{1,3}}(\d{{4}}|\d\d)(?![\d:])")
_MONTH_FIRST = re.compile(rf"(?<![\d年])(?<!年\s){_NAMED}\s(\d\d?),?\s(?=\d{{4}}(?!\d)|\d\d:)")
_IN_DIGITS = re.compile(r"^\s*(\d\d?)\s(1[0-2]|0?[1-9])\s(\d{4})(?=\s\d)")
_DOTTED_CLOCK = re.compile(r"(?<=\s)(\d\d?)\.(\d\d)\.(\d\d)(?:\.\d{1,9})?(?!\d)")
_DASH = re.compile(r"(?<=\d{4})\s-\s(?=\d\d?:)")
_HALF = re.compile(r"(?<=\d)\s?(上午|下午)\s*$")
_EAST_EIGHT = re.compile(r"(?<=:\d\d)\s\+?0?8$|\bCST\b")
"""A zone in hours; and "CST", which in a Chinese feed is China's and elsewhere UTC−6."""
_USUAL = re.compile(
    r"\s*(?:[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})|20\d\d-\d\d-\d\dT[\d:]{8}(?:Z|[+-]\d\d:\d\d))\s*"
)
"""As most feeds write it: nothing of the rest is looked for."""
_UNSET = re.compile(r"^\W*0{3}[01](?!\d)|[ ,]0{3}[01](?=[ ,])|(?:^|\s)-0{0,3}1(?=[-/\s])|1970\D0?1\D0?1(?!\d)")
"""A year 0, 1 or -1, and the first day of 1970."""


def feed_date(text: str) -> Moment | None:
    """The time that an entry states. None where there is none, or where a program had none to write: the year 0, 1 or 1970."""
    if _USUAL.fullmatch(text):
        return parse_date(text)
    return None if says_unset(text) else parse_date(in_english(text))


def says_unset(text: str) -> bool:
    """Whether a time is what programs write that have none: 0000-00-00, 0001-01-01, -0001."""
    return bool(_UNSET.search(text[:_LONGEST]))


def in_english(text: str) -> str:
    """A written time with its month, half of the day and zone as English software writes them, and without a Chinese weekday."""
    text = _EAST_EIGHT.sub(" +0800", plain(text[:_LONGEST])).strip()
    text = _DASH.sub(" ", _DOTTED_CLOCK.sub(r"\1:\2:\3", _WEEKDAY.sub(" ", text)))
    text = _HALF.sub(lambda half: " AM" if half[1] == "上午" else " PM", text)
    text = _IN_DIGITS.sub(lambda date: f"{date[1]} {_MONTHS[int(date[2]) - 1]} {date[3]}", text)
    text = _DAY_FIRST.sub(
        lambda date: f"{date[1]} {_english(date[2])} {'20' if len(date[3]) == 2 else ''}{date[3]}", text
    )
    return _MONTH_FIRST.sub(lambda date: f"{_english(date[1])} {date[2]} ", text).strip()


def _english(month: str) -> str:
    number = month_named(month)
    return _MONTHS[number - 1] if number else month
