"""Articles that a site cuts into pages: those after the first are visited one after the other, and all are read as one.

The first page's part holds the others as its own `parts`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile
from urllib.parse import urlsplit

from connectors.base import RawPage
from connectors.extraction import Extracted, SiteRule, extract, without_lines
from connectors.extraction.dates import Moment
from connectors.extraction.paging import with_note
from connectors.extraction.phrases import bare
from connectors.sources.revisiting import charset_of
from connectors.sources.visiting import Visitor

MOST_PAGES = 10
"""Of one article; what is longer says below its text that it goes on."""
MOST_BYTES = 12_000_000
"""Of all pages of one article together."""
_ANOTHER = "这一页不是同一篇文章的续页（可能是首页、登录页或出错提示），没有采用。"
_SAID = re.compile(
    b"|".join(
        [
            *(
                re.escape(word.encode(charset))
                for word in ("下一页", "下页", "后一页", "后页", "下一张", "下一頁", "›", "»")
                for charset in ("utf-8", "gb18030")
            ),
            re.escape("下一頁".encode("big5")),
            rb"(?:&raquo;|&rsaquo;|&gt;)\s*</",
            rb"createPageHTML",
            rb"[?&;](?:p|[a-z]{0,4}page[a-z_]{0,8})=\d",
            rb"[\w/][_-]\d{1,2}(?:\.[a-z]{2,5})?[\"'\s>]",
        ]
    ),
    re.IGNORECASE,
)
"""A page without any of these is not looked at twice."""
_NEW = 0.2
"""A page of which less is new was read before."""


def article_at(
    visitor: Visitor, link: str, rules: Sequence[SiteRule], *, etag: str = "", last_modified: str = ""
) -> RawPage:
    """An article's page with the pages after it. The first of these that cannot be had, or is of something else, is the last."""
    page = visitor.part(link, etag=etag, last_modified=last_modified)
    if page.error is not None or page.not_modified or not _SAID.search(page.body):
        return page
    first = latest = _alone(page, rules)
    further: list[RawPage] = []
    known, left = {link, page.url}, MOST_BYTES - len(page.body)
    while len(further) < MOST_PAGES - 1 and _leads_on(latest, page.url, known):
        part = visitor.part(latest.following, most=max(left, 1))
        known |= {latest.following, part.url}
        latest = _alone(part, rules, place=first.place) if part.error is None else Extracted()
        if part.error is None and not _is_page_of(first, latest):
            part, latest = part.model_copy(update={"body": b"", "error": _ANOTHER}), Extracted()
        further.append(part)
        left -= len(part.body)
    return page.model_copy(update={"parts": tuple(further)}) if further else page


def _leads_on(page: Extracted, first: str, known: set[str]) -> bool:
    """Whether there is a page after this one, on the same host, that was not visited."""
    return page.following not in {"", *known} and urlsplit(page.following).netloc == urlsplit(first).netloc


def _is_page_of(first: Extracted, page: Extracted) -> bool:
    """Whether the text of a page stands where it stood on the first, and it bears the first one's title or none.

    The front page, a log-in page or an error may be answered for a page that is not there.
    """
    if first.place and not (page.place.endswith(first.place) or (page.place and first.place.endswith(page.place))):
        return False
    one, other = bare(first.title), bare(page.title)
    return not other or (bool(one) and (one in other or other in one))


def _alone(page: RawPage, rules: Sequence[SiteRule], listed: Moment | None = None, place: str = "") -> Extracted:
    return extract(page.body, page.url, charset_of(page), now=page.fetched_at, rules=rules, listed=listed, place=place)


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
    return _joined([refined(each, found) for each, found in [(page, first), *further]])


def _joined(pages: Sequence[Extracted]) -> Extracted:
    """What a site answers once more instead of a page that does not exist counts once, and a page that says nothing not at all."""
    first, total = pages[0], max(page.pages for page in pages)
    whole = [first]
    for page in pages[1:]:
        if _says_more(page, whole):
            whole.append(page)
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
    """Whether a page shows a new picture, or text of which enough is new."""
    if {image.url for image in page.images} - {image.url for each in before for image in each.images}:
        return True
    said = {line for each in before for line in _lines(each)}
    new = sum(len(line) for line in _lines(page) if line not in said)
    return new > _NEW * len(page.text)


def _said_once(pages: Sequence[Extracted]) -> list[Extracted]:
    """The lines that stand above the text on the first page and on others stay on the first, those below it on the last."""
    first = _lines(pages[0])
    cut = [pages[0], *(without_lines(page, _shared(first, _lines(page)), 0) for page in pages[1:])]
    last = _lines(cut[-1])[::-1]
    return [*(without_lines(page, 0, _shared(_lines(page)[::-1], last)) for page in cut[:-1]), cut[-1]]


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines at the beginning are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _lines(page: Extracted) -> list[str]:
    return page.text.splitlines()


def _inner(html: str) -> str:
    return html.removeprefix("<div>").removesuffix("</div>")
