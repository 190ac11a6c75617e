"""Articles that a site cuts into pages: those after the first are visited one after the other, and all are read as one.

The first page's part holds the others as its own `parts`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile
from urllib.parse import urlsplit

from connectors.base import RawPage
from connectors.extraction import Extracted, SiteRule, extract, without_lines
from connectors.extraction.dates import Moment
from connectors.extraction.paging import may_go_on, number_of, with_note
from connectors.extraction.phrases import bare
from connectors.extraction.places import is_named, is_within
from connectors.sources.revisiting import charset_of
from connectors.sources.visiting import Visitor

_log = logging.getLogger(__name__)
MOST_PAGES = 10
"""Of one article; what is longer says below its text that it goes on."""
MOST_BYTES = 12_000_000
"""Of all pages of one article together."""
_NO_PAGE = "这一页不是文章的续页（可能是首页、登录页或出错提示），没有采用。"
_ANOTHER = "这一页是另一篇文章，没有采用。"
_REPEATED = "这一页的内容前面已经有了，没有采用。"
_NEEDLESS = (_ANOTHER, _REPEATED)
"""After these an article is whole, unless the page says in words that it has more pages."""
_NEW = 0.2
"""A page of which less is new was read before."""
_LEAD = 20
"""Characters of what is taken for a lead that stands on every page."""
_MOST_OVERLAP = 5
_BRIEF = 200
_DIGITS = re.compile(r"\d+")
_NTH = r"第\s?[\d一二三四五六七八九十]{1,3}\s?页"
_OF_PAGE = re.compile(rf"^\W*+{_NTH}|(?:{_NTH}|[(（]\d{{1,2}}(?:/\d{{1,2}})?[)）]|(?<=_)\d{{1,2}})[\W_]*+$")
_REFUSED = re.compile(
    r"不存在|找不到|未找到|已被?删除|404|not found|登[录陆]后|请先?登[录陆]|用户登[录陆]|出错|错误|没有权限|无权访问",
    re.I,
)
"""What is answered instead of a page."""


def article_at(
    visitor: Visitor, link: str, rules: Sequence[SiteRule], *, etag: str = "", last_modified: str = ""
) -> RawPage:
    """An article's page with the pages after it. The first of these that cannot be had, or is of something else, is the last."""
    page = visitor.part(link, etag=etag, last_modified=last_modified)
    if page.error is not None or page.not_modified or not may_go_on(page.body, page.url):
        return page
    before, further = [_alone(page, rules)], list[RawPage]()
    known, left = {link, page.url}, MOST_BYTES - len(page.body)
    while len(further) < MOST_PAGES - 1 and _leads_on(before[-1], page.url, known):
        asked = before[-1].following
        part = visitor.part(asked, most=max(left, 1))
        known |= {asked, part.url}
        left -= len(part.body)
        if part.error is None:
            found = _alone(part, rules, place=before[0].place)
            fault = _fault(found, before, page.url, moved=part.url != asked)
            part = part.model_copy(update={"body": b"", "error": fault}) if fault else part
            before.append(found)
        further.append(part)
        if part.error is not None:
            break
    return page.model_copy(update={"parts": tuple(further)}) if further else page


def _leads_on(page: Extracted, first: str, known: set[str]) -> bool:
    """Whether there is a page after this one, on the same host, that was not visited."""
    return page.following not in {"", *known} and urlsplit(page.following).netloc == urlsplit(first).netloc


def _fault(page: Extracted, before: Sequence[Extracted], url: str, *, moved: bool) -> str:
    """Why a page is no further one of the article at `url`, of which those `before` were read; "" where it is one.

    A further page has its text where the first has it, and the first one's title or none. Another title is that of a part only where the
    first page has no number, of which this would be the next.
    """
    first = before[0]
    if not (page.text or page.images):
        return _NO_PAGE
    there = is_within(page.place, first.place) or is_within(first.place, page.place)
    if is_named(first.place) and not there:
        return _NO_PAGE
    if not _is_alike(first.title, page.title):
        if moved or _REFUSED.search(page.title + page.text[:_BRIEF]):
            return _NO_PAGE
        if not page.untitled and (number_of(url) > 1 or not is_named(first.place)):
            return _ANOTHER
    return "" if _says_more(page, before) else _REPEATED


def _is_alike(one: str, other: str) -> bool:
    """Whether two titles are the same but for the numbers of their pages."""
    left, right = (bare(_OF_PAGE.sub("", title)) for title in (one, other))
    return not right or (bool(left) and (left in right or right in left))


def _alone(page: RawPage, rules: Sequence[SiteRule], listed: Moment | None = None, place: str = "") -> Extracted:
    try:
        return extract(
            page.body, page.url, charset_of(page), now=page.fetched_at, rules=rules, listed=listed, place=place
        )
    except Exception:
        # a defect in reading one page must not keep the others of its source from their turn
        _log.exception("%s could not be read", page.url)
        return Extracted()


def read(
    page: RawPage,
    rules: Sequence[SiteRule],
    listed: Moment | None = None,
    *,
    refined: Callable[[RawPage, Extracted], Extracted] = lambda _, found: found,
) -> Extracted:
    """The article of a page and of those after it. `refined` corrects what was read of one page."""
    first = _alone(page, rules, listed)
    further = [(part, _alone(part, rules, place=first.place)) for part in page.parts if part.error is None]
    found = [refined(each, found) for each, found in [(page, first), *further]]
    return _joined(found, needless=bool(page.parts) and page.parts[-1].error in _NEEDLESS)


def _joined(pages: Sequence[Extracted], *, needless: bool = False) -> Extracted:
    """The pages as one text. `needless`: what came after the last of them was no page, so that links alone promise no more."""
    first = pages[0]
    whole = [first]
    for page in pages[1:]:
        if _says_more(page, whole):
            whole.append(page)
    total = max(page.pages_told if needless else page.pages for page in pages)
    whole = _said_once(whole)
    html = whole[0].html if len(whole) == 1 else f"<div>{''.join(_inner(page.html) for page in whole)}</div>"
    dated = next((page for page in pages if page.published_at), first)
    return replace(
        first,
        author=next((page.author for page in pages if page.author), ""),
        source_name=next((page.source_name for page in pages if page.source_name), ""),
        published_at=dated.published_at,
        exact=dated.exact,
        text="\n".join(page.text for page in whole if page.text),
        html=html if len(whole) >= total else with_note(html, total),
        images=tuple({image.url: image for page in whole for image in page.images}.values()),
        attachments=tuple({file.url: file for page in whole for file in page.attachments}.values()),
    )


def _says_more(page: Extracted, before: Sequence[Extracted]) -> bool:
    """Whether a page shows a new picture, or text of which enough is new, or a line that differs by more than a number, such as the count of readers."""
    if {image.url for image in page.images} - {image.url for each in before for image in each.images}:
        return True
    said = {line for each in before for line in _lines(each)}
    new = [line for line in _lines(page) if line not in said]
    if sum(map(len, new)) > _NEW * len(page.text):
        return True
    patterns = {_DIGITS.sub("", line) for line in said}
    return any(_DIGITS.sub("", line) not in patterns for line in new)


def _said_once(pages: Sequence[Extracted]) -> list[Extracted]:
    """Without what is there twice.

    What stands above the text on the first page and on others stays on the first, what stands below it on all on the last; a page may
    begin with the end of the one before, and bear its pictures.
    """
    first = _lines(pages[0])
    cut, shown = [pages[0]], {image.url for image in pages[0].images}
    for before, page in pairwise(pages):
        lines = _lines(page)
        above = _shared(first, lines) or _overlap(_lines(before), lines)
        cut.append(without_lines(page, above, 0, shown))
        shown |= {image.url for image in page.images}
    last = _lines(cut[-1])[::-1]
    return [*(without_lines(page, 0, _shared(_lines(page)[::-1], last)) for page in cut[:-1]), cut[-1]]


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines at the beginning are the same: a lead or several lines, not the heading of each part or a refrain."""
    same = [left for left, _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))]
    return len(same) if len(same) > 1 or sum(map(len, same)) >= _LEAD else 0


def _overlap(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines at the end of one page begin the other."""
    most = min(len(one), len(other), _MOST_OVERLAP)
    return next((n for n in range(most, 0, -1) if one[-n:] == other[:n] and sum(map(len, other[:n])) >= _LEAD), 0)


def _lines(page: Extracted) -> list[str]:
    return page.text.splitlines()


def _inner(html: str) -> str:
    return html.removeprefix("<div>").removesuffix("</div>")
