"""Dates on a page that are not its own: of other articles, of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from connectors.extraction.blocks import Element, Run, text_of

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ITS_OWN = re.compile(r"(?:发布|发表|發佈)(?:日期|时间|于)|posted|[贴帖]由", re.I)
_LABELLED = re.compile(r"\W*(?:时间|日期|時間)\s*[:：]")
_SITE = re.compile(
    r"网站|網站|本站|建站|站点|版权|版權|copyright|©|\bICP|备案|许可证|許可證|访问量|访问人数|开通|主办单位|承办单位|技术支持",
    re.I,
)
_LISTS = re.compile(
    r"(?:^|[\s_-])(?:foot|footer|copyright|related|relate|xiangguan|recommend|tuijian|hot|rank|paihang|side|sidebar|aside)"
    r"(?:$|[\s_-]|\d)",
    re.I,
)
_UP = 6
_ROW_UP = 4
_ROW = 60
"""Elements that a row of a list may have, or a short list."""
_LABEL = 6
_DAY = re.compile(r"\d{1,4}\s?[-/.年月]\s?\d{1,2}")
_SEVERAL = 2


def own(runs: list[Run]) -> list[Run]:
    """Of lines below a text, those that speak of this article: not of the site, and not of others."""
    return [run for run in runs if not _DAY.search(run.text) or not (_is_of_site(run) or _is_of_others(run))]


def _is_of_site(run: Run) -> bool:
    if _ITS_OWN.search(run.text):
        return False
    if _SITE.search(run.text):
        return True
    return not _LABELLED.match(run.text) and any(map(_is_list, _around(run, _UP)))


def _is_list(element: Element) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return element.tag in ("footer", "aside", "nav") or bool(_LISTS.search(names))


def _is_of_others(run: Run) -> bool:
    """Whether a day stands beside a link, in one of several such rows that hold nothing else."""
    row = next((each for each in _around(run, _ROW_UP) if next(each.iter("a"), None) is not None and _days(each)), None)
    if row is None or not _is_row(row):
        return False
    parent = row.getparent()
    beside = (
        [] if parent is None else [each for each in islice(parent, _ROW) if each is not row and each.tag == row.tag]
    )
    return _days(row) >= _SEVERAL or any(_is_row(each) and _days(each) for each in beside)


def _is_row(element: Element) -> bool:
    """Whether there is hardly anything in it but links and days."""
    if sum(1 for _ in islice(element.iter(), _ROW)) == _ROW:
        return False
    links = [text_of(link) for link in element.iter("a")]
    rest = text_of(element)
    for link in links:
        rest = rest.replace(link, "", 1)
    return any(links) and len(_CHINESE.findall(rest)) <= _LABEL


def _days(element: Element) -> int:
    return len(_DAY.findall(text_of(element)))


def _around(run: Run, most: int) -> Iterator[Element]:
    """The elements around a line, the innermost first."""
    for element, tail in run.pieces[:1]:
        if not tail:
            yield element
        yield from islice(element.iterancestors(), most)
