"""What stands with the link of an article on a listing: the texts of its row, also where nothing but their order makes rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import dropwhile, islice, takewhile
from typing import NamedTuple

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from connectors.extraction.blocks import visible_text

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_HEADLINE = 8
"""So many Chinese characters are a headline or a summary."""
IS_LABEL = re.compile(r"\W*[\u4e00-\u9fff]{0,6}(?:时间|日期|期限|截[止至]|发布)\s*[:：]?")
"""What says alone which time the next text, or a column, holds."""
_UP = 4
_ROW = 200
"""What holds more is no row."""
_BESIDE = 12
"""Elements and texts that may stand on one side of a link, of its row."""


class Row(NamedTuple):
    """Texts that may say something of the article behind a link, in their order."""

    boxes: list[list[str]]
    """What each box around the link holds, the innermost first, as long as it holds no other headline."""
    after: Sequence[str] = ()
    """Where the headlines are siblings: what stands between this one and the next, and in `before` between it and the one before."""
    before: Sequence[str] = ()
    first: Sequence[str] = ()
    """What stands above the first of these siblings, and in `last` below the last."""
    last: Sequence[str] = ()
    after_first: Sequence[str] = ()
    """What stands between the first of them and the next, and in `before_last` between the last and the one before."""
    before_last: Sequence[str] = ()


def row_of(link: Tag) -> Row:
    """The row of an article's link on a listing."""
    inside = link
    boxes: list[list[str]] = []
    for box in [link, *islice(link.parents, _UP)]:
        inner = list(islice(box.descendants, _ROW))
        if box is not link and (len(inner) == _ROW or _leads_elsewhere(inner, link)):
            after, before = inside.next_siblings, inside.previous_siblings
            backwards = box.contents[::-1]
            sides = (after, before, box.children, backwards, _from_headline(box.children), _from_headline(backwards))
            return Row(boxes, *(_texts(_up_to_headline(side), link) for side in sides))
        boxes.append([*(_hinted(link) if box is link else ()), *_texts(inner, link)])
        inside = box
    return Row(boxes)


def is_headline(text: str) -> bool:
    return len(_CHINESE.findall(text)) >= _HEADLINE


def _from_headline(beside: Iterable[PageElement]) -> Iterable[PageElement]:
    """What stands behind the first headline."""
    return islice(dropwhile(lambda each: not _holds_headline(each), islice(beside, 2 * _BESIDE)), 1, None)


def _up_to_headline(beside: Iterable[PageElement]) -> Iterator[PageElement]:
    for each in takewhile(lambda each: not _holds_headline(each), islice(beside, _BESIDE)):
        yield each
        if isinstance(each, Tag):
            yield from each.descendants


def _holds_headline(element: PageElement) -> bool:
    if not isinstance(element, Tag):
        return False
    links = [element] if element.name == "a" else element.find_all("a", href=True, limit=5)
    return any(is_headline(each.get_text()) for each in links)


def _leads_elsewhere(inner: list[PageElement], link: Tag) -> bool:
    """Whether a headline of another article stands there too, so that nobody knows whose the rest is."""
    others = (each for each in inner if isinstance(each, Tag) and each.name == "a" and each.get("href"))
    return any(other.get("href") != link.get("href") and is_headline(other.get_text()) for other in others)


def _texts(inner: Iterable[PageElement], link: Tag) -> list[str]:
    """What stands there beside the headline; of a time what it says to machines."""
    headline = visible_text(link.get_text())
    said: list[str] = []
    for each in inner:
        if isinstance(each, Tag) and each.name == "time" and each.get("datetime"):
            said.append(str(each["datetime"]))
        elif isinstance(each, Tag) and each.name == "td":
            said.append(_column_of(each))
        elif type(each) is NavigableString:  # and none of its kinds, which nobody sees: comments, scripts, style sheets
            said.append(visible_text(str(each)))
    return [text for text in said if text and text != headline]


def _hinted(link: Tag) -> list[str]:
    """What a link says of itself when one points at it, beside its headline: 标题：…, 发布时间：2026-11-20, one a line."""
    lines = [visible_text(line) for line in str(link.get("title") or "").splitlines()]
    return [line for line in lines[1:] if line]


def _column_of(cell: Tag) -> str:
    """What the first row of a table calls the column of a cell, if it says which time that is: 截止日期."""
    row, table = cell.parent, cell.find_parent("table")
    first = table.find("tr") if isinstance(table, Tag) else None
    if row is None or not isinstance(first, Tag) or first is row:
        return ""
    names, cells = (each.find_all(["td", "th"], recursive=False) for each in (first, row))
    if len(names) != len(cells):
        return ""
    name = visible_text(next(name for name, each in zip(names, cells, strict=True) if each is cell).get_text())
    return name if IS_LABEL.fullmatch(name) else ""
