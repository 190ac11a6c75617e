"""The day that a listing shows with the link of an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bs4 import Tag

from connectors.extraction import BEIJING
from connectors.extraction.blocks import plain
from connectors.extraction.columns import days_in_boxes
from connectors.extraction.dates import Moment, dates_in, lies_ahead, parse_date
from connectors.extraction.recent import recent
from connectors.extraction.told import tells_of_another_day
from connectors.sources.rows import headings_above, is_headline, row_of

_SHORT = re.compile(r"[\W\d年月日时分今昨前天刚小半个周上下午发布更新表于]{1,20}")
_DIGITS = re.compile(r"\W*(20\d\d)([01]\d)([0-3]\d)\W*")
_TWO_DIGITS = re.compile(r"\W*(\d\d)[-./年](\d{1,2})[-./月](\d{1,2})日?\W*")
_PUBLISHED = re.compile(r"(?:发布|发表|刊发|上传|发文)\s?(?:时间|日期|于|日)?[\s:：]*+(?=\d)")
_CHANGED = re.compile(r"更新|修改")
_SPAN = re.compile(r"\d日?\s*(?:至|到|[—–~～]+|\s-\s)\s*(?:20)?\d\d?")
_LABELS = re.compile(r"(?:时间|日期|来源|作者|点击|浏览|阅读|编辑|栏目|分类|发布(?:者|人|单位)?)\s*[:：]")
_IN_SENTENCE = re.compile(r"[，。；！？]")
_AT_END = re.compile(r"(?:[\s(（\[【。…]|^)((?:(?:20)?\d\d\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}日?)\s*[)）\]】]?$")
_YEAR = re.compile(r"\W*(20\d\d)\s?(?:年度?)?(?:\s?[-/.]?\s?(1[0-2]|0?[1-9])\s?月份?)?\W*")
_DAY_OF_YEAR = re.compile(r"\W*(1[0-2]|0?[1-9])\s?[-/.月]\s?(3[01]|[12]\d|0?[1-9])日?\W*")
_DAY_OF_MONTH = re.compile(r"\W*(3[01]|[12]\d|0?[1-9])日?\W*")


def day_beside(link: Tag, now: datetime) -> str:
    """As a date that can be read again, with its clock where there is one; "" where the row of the link has no day."""
    row = row_of(link)
    found = _under_heading(link, row.boxes) or next(filter(None, (_day_in(texts, now) for texts in row.boxes)), None)
    if found is None:
        # a day below each headline, or above each: where one stands both above the first and below the last, nobody knows
        above, below = _day_in(row.first, now), _day_in(row.last, now)
        if not (above and below):
            found = _day_in(row.before if above else row.after if below else [], now)
    return _written(found or _day_in(_endings([link.get_text(" ")]), now))


def _written(moment: Moment | None) -> str:
    if moment is None:
        return ""
    at = moment.at.astimezone(BEIJING)
    return at.isoformat(timespec="seconds") if moment.exact else at.date().isoformat()


def _day_in(texts: Sequence[str], now: datetime) -> Moment | None:
    """Of the days in short texts that of publishing: what is called so, then what is not called otherwise."""
    own = [text for text in texts if _is_own(text)]
    said = [text[label.start() :] for text in own if (label := _PUBLISHED.search(text))]
    unsaid = [text for text in own if not (_PUBLISHED.search(text) or tells_of_another_day(text))]
    unsaid.sort(key=lambda text: bool(_CHANGED.search(text)))
    for lines in (said, unsaid, _endings(texts)):
        if moment := next((each for each in _days(lines, now) if not lies_ahead(each.at, now)), None):
            return moment
    return None


def _is_own(text: str) -> bool:
    """Whether a text is short, or names what is known of an article, and no headline or summary, whose days are others."""
    if _SPAN.search(text):
        return False
    return not is_headline(text) or bool(_LABELS.search(text) and not _IN_SENTENCE.search(text))


def _endings(texts: Iterable[str]) -> list[str]:
    """The days at the very end of headlines and summaries, apart from their sentences."""
    found = (_AT_END.search(text) for text in texts if is_headline(text) and not _SPAN.search(text))
    return [f"日期 {match[1]}" for match in found if match]


def _days(lines: list[str], now: datetime) -> Iterator[Moment]:
    for line in lines:
        yield from dates_in(line)
        if (day := _in_digits(line, now)) and (moment := parse_date(day)):
            yield moment
    yield from days_in_boxes(lines)
    # 日期 before it tells that [11-21] is one
    yield from (
        moment
        for line in lines
        if (_SHORT.fullmatch(line) or line.startswith("日期 ")) and (moment := recent(f"日期 {line}", now, None))
    )


def _in_digits(line: str, now: datetime) -> str:
    """20261121, or 26-11-21 if that is not ahead: a day before a month and a year is written otherwise in China."""
    if match := _DIGITS.fullmatch(line):
        return "-".join(match.groups())
    match = _TWO_DIGITS.fullmatch(plain(line))
    return f"20{'-'.join(match.groups())}" if match and int(match[1]) <= now.year % 100 else ""


def _under_heading(link: Tag, boxes: list[list[str]]) -> Moment | None:
    """A day without its year, or without its month too, under a heading that says them: 2024年, 2026年11月."""
    heading = next(filter(None, (_YEAR.fullmatch(text) for text in headings_above(link))), None)
    if heading is None:
        return None
    for text in (text for texts in boxes for text in texts):
        if day := _DAY_OF_YEAR.fullmatch(text):
            return parse_date(f"{heading[1]}-{day[1]}-{day[2]}")
        if heading[2] and (day := _DAY_OF_MONTH.fullmatch(text)):
            return parse_date(f"{heading[1]}-{heading[2]}-{day[1]}")
    return None
