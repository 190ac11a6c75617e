"""Times that need a "now" or a year from elsewhere: 刚刚, 3小时前, 昨天 12:30, 9月7日 12:30."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from connectors.extraction.blocks import plain
from connectors.extraction.dates import BEIJING, Moment, moment_of, parse_date, short_line

_NUMBERS = {
    "半": 0.5,
    "一": 1,
    "两": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_UNITS = {
    "秒": timedelta(seconds=1),
    "分": timedelta(minutes=1),
    "小": timedelta(hours=1),
    "天": timedelta(days=1),
    "日": timedelta(days=1),
    "周": timedelta(weeks=1),
    "星": timedelta(weeks=1),
    "月": timedelta(days=30),
    "年": timedelta(days=365),
}
_ENDS = r"(?=$|[\s|·/()\[\],:]|发布|发表|發布|更新|来自|来源|回[复答]|阅读|浏览|评论|编辑)"
"""Behind what is a time and not the beginning of a sentence: 十年前的约定, 刚刚发生."""
_AGO = re.compile(
    r"(?:^|[\s:|·/()\[\]于在了约]|发布|更新|发表|来源|作者)(\d{1,4}|[半一两二三四五六七八九十])\s?(?:个|個)?\s?(秒|分|小|天|日|周|星|月|年)(?:钟|鐘|时|時|期)?\s?(?:之|以)?前"
    + _ENDS
)
_JUST = re.compile(r"(?:^|[\s:|·/()\[\]于]|更新|发布)(?:刚刚|剛剛|刚才)" + _ENDS)
_DAYS = {"今": 0, "昨": 1, "前": 2}
_NEAR = re.compile(
    r"(今|昨|前)(?:(?:天|日)\s*(?P<half>上午|早上|早|凌晨|中午|下午|傍晚|晚上|晚)?|(?=[早晚])(?P<late>早|晚))\s*"
    r"(?:(?P<hour>[01]?\d|2[0-4])\s*[:时時點点]\s*(?P<minute>\d{2})?|(?=[\s|]|$))"
)
_SHORT = re.compile(
    r"(?<![\d\-/.年])(?P<month>1[0-2]|0?[1-9])\s*(?P<mark>[-/月])\s*(?P<day>3[01]|[12]\d|0?[1-9])(?:日|(?!\d)|(?=\d\d:))\s*"
    r"(?:(?P<clock>\d{1,2}:\d\d(?::\d\d)?))?"
)
_SOON = 7
_SAYS_SO = re.compile(r"发布|发表|更新|时间|日期|來源|来源|作者|编辑|记者")
_YEAR = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?=\s*[-/.年]\s*\d)|(?:©|\(c\)|copyright|版权)[^\d]{0,20}(?:(?:19|20)\d\d\s*[-–—~]\s*)?((?:19|20)\d\d)",
    re.I,
)


def recent(text: str, now: datetime | None, year: int | None) -> Moment | None:
    """The time that a short line means when it was read at `now`; `year` serves a date without one if `now` is unknown."""
    text = short_line(text)
    if now and (moment := _since(text, now.astimezone(BEIJING))):
        return moment
    match = _SHORT.search(text)
    if not match or not (match["clock"] or (match["mark"] == "月" and len(text) <= 20) or _SAYS_SO.search(text)):
        return None
    return _with_year(match, now, year)


def _since(text: str, now: datetime) -> Moment | None:
    if match := _AGO.search(text):
        number = float(match[1]) if match[1].isdigit() else _NUMBERS[match[1]]
        try:
            return Moment(now - number * _UNITS[match[2]], match[2] in "秒分小")
        except OverflowError:
            return None
    if match := _NEAR.search(text):
        day = now - timedelta(days=_DAYS[match[1]])
        return moment_of(day.year, day.month, day.day, match) or moment_of(day.year, day.month, day.day, None)
    return Moment(now, True) if _JUST.search(text) else None


def _with_year(match: re.Match[str], now: datetime | None, year: int | None) -> Moment | None:
    """With the year of `now`, or the one before where the day would lie ahead; of the days to come a week is none.

    A page that names tomorrow speaks of what will be: nobody reads that as a year ago.
    """
    years = [now.astimezone(BEIJING).year, now.astimezone(BEIJING).year - 1] if now else [year] if year else []
    for each in years:
        moment = parse_date(f"{each}-{match['month']}-{match['day']} {match['clock'] or ''}".strip())
        if moment is None or now is None:
            if moment:
                return moment
            continue
        ahead = (moment.at.astimezone(BEIJING).date() - now.astimezone(BEIJING).date()).days
        if ahead <= 0:
            return moment
        if ahead <= _SOON:
            return None
    return None


def latest_year(texts: list[str]) -> int | None:
    """The youngest year in full dates and copyright lines."""
    years = [int(match[1] or match[2]) for text in texts for match in _YEAR.finditer(plain(text))]
    return max(years, default=None)
