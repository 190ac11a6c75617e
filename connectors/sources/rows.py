"""What stands with the link of an article on a listing: the texts of its row, also where nothing but their order makes rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from bs4 import Tag
from bs4.element import NavigableString, PageElement

from connectors.extraction.blocks import visible_text

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_HEADLINE = 8
"""So many Chinese characters are a headline or a summary."""
_UP = 4
_ROW = 200
"""What holds more is no row."""
_BESIDE = 12
"""Elements and texts that may stand on one side of a link, of its row."""
_HEADINGS = 3
_LONGEST_HEADING = 30


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


def row_of(link: Tag) -> Row:
    """The row of an article's link on a listing."""
    inside = link
    boxes: list[list[str]] = []
    for box in [link, *islice(link.parents, _UP)]:
        inner = list(islice(box.descendants, _ROW))
        if box is not link and (len(inner) == _ROW or _leads_elsewhere(inner, link)):
            after, before = inside.next_siblings, inside.previous_siblings
            sides = (after, before, box.children, reversed(box.contents))
            return Row(boxes, *(_texts(_up_to_headline(side), link) for side in sides))
        boxes.append(_texts(inner, link))
        inside = box
    return Row(boxes)


def headings_above(link: Tag) -> Iterator[str]:
    """Short texts that stand right above the row of a link or above the list that it stands in."""
    for box in islice(link.parents, _UP):
        for beside in islice((each for each in box.previous_siblings if isinstance(each, Tag)), _HEADINGS):
            text = visible_text(beside.get_text(" "))
            if text and len(text) <= _LONGEST_HEADING:
                yield text


def is_headline(text: str) -> bool:
    return len(_CHINESE.findall(text)) >= _HEADLINE


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
        elif isinstance(each, NavigableString):
            said.append(visible_text(str(each)))
    return [text for text in said if text and text != headline]
