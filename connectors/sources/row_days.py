"""The day that a listing shows beside the link of an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from connectors.extraction import BEIJING
from connectors.extraction.blocks import visible_text
from connectors.extraction.columns import days_in_boxes
from connectors.extraction.dates import Moment, dates_in, lies_ahead
from connectors.extraction.recent import recent

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_HEADLINE = 8
"""So many Chinese characters are a headline or a summary, whose days are others."""
_SHORT = re.compile(r"[\W\d年月日时分今昨前天刚小半个周上下午发布更新表于]{1,20}")
_UP = 4
_ROW = 200
"""What holds more is no row."""
_LINE = 12
"""Elements and texts that may stand on one side of a link, on its line."""


def day_beside(link: Tag, now: datetime) -> str:
    """As a date that can be read again, with its clock where there is one; "" where the row of the link has no day."""
    inside = link
    for box in [link, *islice(link.parents, _UP)]:
        inner = list(islice(box.descendants, _ROW))
        if len(inner) == _ROW or _leads_elsewhere(inner, link):
            return _written(_day_in(_texts(_line(inside), link), now))
        if moment := _day_in(_texts(inner, link), now):
            return _written(moment)
        inside = box
    return ""


def _written(moment: Moment | None) -> str:
    if moment is None:
        return ""
    at = moment.at.astimezone(BEIJING)
    return at.isoformat(timespec="seconds") if moment.exact else at.date().isoformat()


def _texts(inner: Iterable[PageElement], link: Tag) -> list[str]:
    """What stands there beside the headline."""
    headline = visible_text(link.get_text())
    texts = (visible_text(str(each)) for each in inner if isinstance(each, NavigableString))
    return [text for text in texts if text and text != headline]


def _line(inside: Tag) -> list[PageElement]:
    """What stands on the line of an element where nothing but line breaks parts one from the next."""
    before, after = ([*_up_to_break(beside)] for beside in (inside.previous_siblings, inside.next_siblings))
    if not any(_is_break(each) for each in (*before, *after)):
        return []
    kept = [each for each in (*before, *after) if not _is_break(each)]
    return [inner for each in kept for inner in (each.descendants if isinstance(each, Tag) else (each,))]


def _up_to_break(beside: Iterable[PageElement]) -> Iterator[PageElement]:
    for each in islice(beside, _LINE):
        yield each
        if _is_break(each):
            return


def _is_break(element: PageElement) -> bool:
    return isinstance(element, Tag) and element.name in ("br", "hr")


def _leads_elsewhere(inner: list[PageElement], link: Tag) -> bool:
    """Whether a headline of another article stands there too, so that nobody knows whose the day is."""
    others = (each for each in inner if isinstance(each, Tag) and each.name == "a" and each.get("href"))
    return any(other.get("href") != link.get("href") and _is_headline(other.get_text()) for other in others)


def _day_in(texts: list[str], now: datetime) -> Moment | None:
    lines = [text for text in texts if not _is_headline(text)]
    found = [moment for line in lines for moment in dates_in(line)]
    found += days_in_boxes(lines)
    # 日期 before it tells that [11-21] is one
    found += [moment for line in lines if _SHORT.fullmatch(line) and (moment := recent(f"日期 {line}", now, None))]
    return next((moment for moment in found if not lies_ahead(moment.at, now)), None)


def _is_headline(text: str) -> bool:
    return len(_CHINESE.findall(text)) >= _HEADLINE
