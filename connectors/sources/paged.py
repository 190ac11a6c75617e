"""Articles that a site cuts into pages: those after the first are visited one after the other, and all are read as one.

The first page's part holds the others as its own `parts`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from connectors.base import RawPage
from connectors.extraction import Extracted, SiteRule, extract
from connectors.extraction.dates import Moment
from connectors.extraction.paging import with_note
from connectors.sources.revisiting import charset_of
from connectors.sources.visiting import Visitor

MOST_PAGES = 10
"""Of one article; what is longer says below its text that it goes on."""
_SAID = (
    *(
        word.encode(charset)
        for word in ("下一页", "下页", "后一页", "后页", "下一頁", "›", "»")
        for charset in ("utf-8", "gb18030")
    ),
    "下一頁".encode("big5"),
)
"""A page without these words is not looked at twice."""


def article_at(
    visitor: Visitor, link: str, rules: Sequence[SiteRule], *, etag: str = "", last_modified: str = ""
) -> RawPage:
    """An article's page with the pages after it. The first of these that cannot be had is the last."""
    page = latest = visitor.part(link, etag=etag, last_modified=last_modified)
    further: list[RawPage] = []
    known = {link, page.url}
    while len(further) < MOST_PAGES - 1 and (following := _following(latest, rules)) and following not in known:
        latest = visitor.part(following)
        known |= {following, latest.url}
        further.append(latest)
    return page.model_copy(update={"parts": tuple(further)}) if further else page


def _following(page: RawPage, rules: Sequence[SiteRule]) -> str:
    """The page after this one, on the same host; "" where there is none."""
    if page.error is not None or page.not_modified or not any(word in page.body for word in _SAID):
        return ""
    following = extract(page.body, page.url, charset_of(page), now=page.fetched_at, rules=rules).following
    return following if urlsplit(following).netloc == urlsplit(page.url).netloc else ""


def read(
    page: RawPage,
    rules: Sequence[SiteRule],
    listed: Moment | None = None,
    *,
    refined: Callable[[RawPage, Extracted], Extracted] = lambda _, found: found,
) -> Extracted:
    """The article of a page and of those after it. `refined` corrects what was read of one page."""
    pages = [page, *(part for part in page.parts if part.error is None)]
    found = [
        refined(each, extract(each.body, each.url, charset_of(each), now=each.fetched_at, rules=rules, listed=listed))
        for each in pages
    ]
    return _joined(found)


def _joined(pages: Sequence[Extracted]) -> Extracted:
    """What a site answers once more instead of a page that does not exist counts once, and a page that says nothing not at all."""
    first = pages[0]
    further = [page for page in pages[1:] if page.text or page.images]
    whole = list({_said(page): page for page in reversed([first, *further])}.values())[::-1]
    total = max(page.pages for page in pages)
    html = first.html if len(whole) == 1 else f"<div>{''.join(_inner(page.html) for page in whole)}</div>"
    return replace(
        first,
        text="\n".join(page.text for page in whole if page.text),
        html=html if len(whole) >= total else with_note(html, total),
        images=tuple({image.url: image for page in whole for image in page.images}.values()),
        attachments=tuple({file.url: file for page in whole for file in page.attachments}.values()),
    )


def _said(page: Extracted) -> tuple[str, ...]:
    return page.text, *(image.url for image in page.images)


def _inner(html: str) -> str:
    return html.removeprefix("<div>").removesuffix("</div>")
