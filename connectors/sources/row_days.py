"""The day that a listing shows with the link of an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, pairwise

from bs4 import Tag

from connectors.extraction import BEIJING
from connectors.extraction.blocks import plain
from connectors.extraction.columns import days_in_boxes
from connectors.extraction.dates import Moment, dates_in, lies_ahead, month_named, parse_date
from connectors.extraction.recent import recent
from connectors.extraction.told import own_lines
from connectors.sources.day_headings import under_day, under_year
from connectors.sources.rows import IS_LABEL, Row, is_headline, row_of

_SHORT = re.compile(r"[\W\d年月日时分今昨前天刚小半个周上下午发布更新表于]{1,20}")
_PART = re.compile(r"(?:^|[\s|/·•(\[:])((?:0[1-9]|1[0-2])[-/][0-3]\d|\d{1,2}月\d{1,2}日)(?=$|[\s|/·•()\]]|周|星期)")
"""A day without its year among other things that are known of an article: 江城日报 11-21 阅读 12."""
_DOTTED = re.compile(r"[\s(（\[【]*(0[1-9]|1[0-2])\.([0-3]\d)[\s)）\]】]*")
_PIECE = re.compile(r"\d{1,4}|[年月日/.-]")
_BOX = 10
_STATEMENT = 25
"""So long is 发布时间 with its day."""
_DIGITS = re.compile(r"\W*(20\d\d)([01]\d)([0-3]\d)\W*")
_TWO_DIGITS = re.compile(r"\W*(\d\d)[-./年](\d{1,2})[-./月](\d{1,2})日?(\s\d{1,2}:\d\d)?\W*")
_DAY = re.compile(r"\W*(3[01]|[12]\d|0?[1-9])日?\W*")
_PUBLISHED = re.compile(r"(?:发布|发表|刊发|上传|发文)\s?(?:时间|日期|于|日)?[\s:：]*+(?=\d)")
_STATED = re.compile(r"(?:发布|发表|刊发)(?:时间|日期)\s?[:：]\s?(?=\d)")
_CHANGED = re.compile(r"更新|修改")
_SPAN = re.compile(r"\d日?\s*(?:至|到|[—–~～]+|\s-\s)\s*(?:20)?\d\d?")
_LABELS = re.compile(r"(?:时间|日期|来源|作者|点击|浏览|阅读|编辑|栏目|分类|发布(?:者|人|单位)?)\s*[:：]")
_IN_SENTENCE = re.compile(r"[，。；！？]")
_AT_START = re.compile(r"^[(（\[【]\s?((?:20\d\d\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}日?)\s?[)）\]】]")
_AT_END = re.compile(r"(?:[\s(（\[【。…]|^)((?:(?:20)?\d\d\s?[-/.年]\s?)?\d{1,2}\s?[-/.月]\s?\d{1,2}日?)\s*[)）\]】]?$")


def day_beside(link: Tag, now: datetime) -> str:
    """As a date that can be read again, with its clock where there is one; "" where the row of the link has no day."""
    row = row_of(link)
    texts = [text for texts in row.boxes for text in texts if not is_headline(text)]
    found = None if any(map(dates_in, texts)) else under_year(link, texts, now)
    if found is None or lies_ahead(found.at, now):
        found = next(filter(None, (_day_in(texts, now) for texts in row.boxes)), None)
    found = found or _around(row, now) or under_day(link, now)
    return _written(found or _day_in(_endings([link.get_text(" ")]), now))


def _around(row: Row, now: datetime) -> Moment | None:
    """A day below each headline, or above each: where one stands both above the first and below the last, nobody knows."""
    above, below = _day_in(row.first, now), _day_in(row.last, now)
    if above and not below and _day_in(row.before_last, now):
        return _day_in(row.before, now)
    if below and not above and _day_in(row.after_first, now):
        return _day_in(row.after, now)
    return None


def _written(moment: Moment | None) -> str:
    if moment is None:
        return ""
    at = moment.at.astimezone(BEIJING)
    return at.isoformat(timespec="seconds") if moment.exact else at.date().isoformat()


def _day_in(texts: Sequence[str], now: datetime) -> Moment | None:
    """Of the days in short texts that of publishing: what is called so, then what is not called otherwise."""
    own = [text for text in _labelled(texts) if _is_own(text)]
    said = [text[label.start() :] for text in own if (label := _PUBLISHED.search(text))]
    said += [text[label.start() :][:_STATEMENT] for text in texts if (label := _STATED.search(text))]
    unsaid = [text for text in own_lines(own) if text and not _PUBLISHED.search(text)]
    unsaid.sort(key=lambda text: bool(_CHANGED.search(text)))
    for lines in (said, unsaid, _endings(texts)):
        if moment := next((each for each in _days(lines, now) if not lies_ahead(each.at, now)), None):
            return moment
    return None


def _labelled(texts: Sequence[str]) -> Iterator[str]:
    """Each label that stands alone in one text with what it is of, which stands in the next."""
    label = ""
    for text in texts:
        if IS_LABEL.fullmatch(text):
            label = text
        else:
            yield f"{label} {text}".strip()
            label = ""


def _is_own(text: str) -> bool:
    """Whether a text is short, or names what is known of an article, and no headline or summary, whose days are others."""
    if _SPAN.search(text):
        return False
    return not is_headline(text) or bool(_LABELS.search(text) and not _IN_SENTENCE.search(text))


def _endings(texts: Iterable[str]) -> list[str]:
    """The days at the very end of headlines and summaries, or in brackets before them, apart from their sentences."""
    whole = [text for text in texts if is_headline(text) and not _SPAN.search(text)]
    found = (pattern.search(text) for pattern in (_AT_START, _AT_END) for text in whole)
    return [match[1] for match in found if match]


def _days(lines: list[str], now: datetime) -> Iterator[Moment]:
    for line in lines:
        yield from dates_in(line)
        if (day := _in_digits(line, now)) and (moment := parse_date(day)):
            yield moment
    yield from days_in_boxes(lines)
    yield from _in_pieces(lines)
    # 日期 before it tells that [11-21] is one
    yield from (moment for day in _without_year(lines) if (moment := recent(f"日期 {day}", now, None)))


def _in_pieces(lines: list[str]) -> Iterator[Moment]:
    """A day in three short texts, or with each number and mark in one of its own."""
    for three in zip(lines, lines[1:], lines[2:], strict=False):
        if max(map(len, three)) <= _BOX:
            yield from dates_in(" ".join(three))
    for is_piece, pieces in groupby(lines, key=lambda line: bool(_PIECE.fullmatch(line))):
        if is_piece:
            yield from dates_in("".join(pieces))


def _without_year(lines: list[str]) -> Iterator[str]:
    yield from _in_two(lines)
    for line in lines:
        if match := _DOTTED.fullmatch(line):
            yield f"{match[1]}月{match[2]}日"
        elif _SHORT.fullmatch(line):
            yield line
        else:
            yield from _PART.findall(plain(line))


def _in_digits(line: str, now: datetime) -> str:
    """20261121, or 26-11-21 if that is not ahead: a day before a month and a year is written otherwise in China."""
    if match := _DIGITS.fullmatch(line):
        return "-".join(match.groups())
    match = _TWO_DIGITS.fullmatch(plain(line))
    if match is None or int(match[1]) > now.year % 100:
        return ""
    return f"20{'-'.join(match.groups()[:3])}{match[4] or ''}"


def _in_two(lines: list[str]) -> Iterator[str]:
    """A day and its month without a year in two texts beside each other: 21 and 11月, Nov 21."""
    for one, other in pairwise(lines):
        for first, second in ((one, other), (other, one)):
            if (day := _DAY.fullmatch(first)) and (month := month_named(second)):
                yield f"{month}月{day[1]}日"
