"""An article out of any Chinese web page: `extract`. Pure: no network, no clock."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from connectors.base import Attachment, PictureRef
from connectors.extraction.attachments import attachments_of, file_links
from connectors.extraction.binary import SCATTERED, is_scattered, kind_of_file
from connectors.extraction.blocks import Element, Run, blocks_of, cut_out, parse
from connectors.extraction.charset import decode
from connectors.extraction.content import Content, at_place, content_of_files, find, within, without_pager
from connectors.extraction.dates import BEIJING, Moment, lies_ahead, parse_date
from connectors.extraction.fragment import render
from connectors.extraction.metadata import Stated, stated
from connectors.extraction.paging import Paging, paging_of
from connectors.extraction.phrases import bare, same_words
from connectors.extraction.pictures import absolute_url
from connectors.extraction.places import place_of
from connectors.extraction.recent import recent
from connectors.extraction.rules import SiteRule, first_text, rule_for, take_out
from connectors.extraction.selectors import elements_at
from connectors.extraction.shown_files import link_shown_files
from connectors.extraction.states import StoredArticle, stored_article
from connectors.extraction.threads import is_thread
from connectors.extraction.times import day_of_bulletin, published_at
from connectors.extraction.titles import (
    heading_elsewhere,
    headings_of,
    headline_above,
    says_nothing,
    stated_headline,
    title_of,
    unlabelled,
)
from connectors.extraction.writers import author_of, source_of, without_label

__all__ = [
    "BEIJING",
    "SCATTERED",
    "Extracted",
    "SiteRule",
    "extract",
    "is_scattered",
    "kind_of_file",
    "language_of",
    "without_lines",
]

_SOME_TEXT = 80
_SENTENCE = re.compile(r"[。！？；]")
_WITHOUT_SCRIPTS = re.compile(r"javascript|浏览器|加载|©|版权所有|ICP备|客户端", re.I)
_CHINESE = re.compile("[\u4e00-\u9fff]+")


@dataclass(frozen=True)
class Extracted:
    """What a page says. `published_at` is aware; `exact` is False where the page gives only the day."""

    title: str = ""
    author: str = ""
    published_at: datetime | None = None
    exact: bool = False
    source_name: str = ""
    text: str = ""
    html: str = ""
    images: tuple[PictureRef, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    language: str = ""
    untitled: bool = False
    """Whether no headline was found above the text: the title is then the site's name or a column's, or was taken from elsewhere."""
    pages: int = 1
    """On how many pages the site shows the article, of which this is one."""
    pages_told: int = 1
    """What the page itself says of that in words (共3页) or to its pager's script, beyond the links that it shows."""
    following: str = ""
    """The address of the page after this one, where the article goes on."""
    place: str = ""
    """Where on the page its text stands, by the names of the boxes around it: the same on the other pages of an article."""
    charset: str = ""
    """What the bytes were read with; "" where the page came as text."""


def extract(
    html: bytes | str,
    url: str = "",
    header_charset: str = "",
    *,
    now: datetime | None = None,
    latest: datetime | None = None,
    rules: Sequence[SiteRule] = (),
    listed: Moment | None = None,
    place: str = "",
) -> Extracted:
    """The article of a page. Never fails: a page without one, or what is no page at all, gives empty fields.

    `header_charset` is the charset of the Content-Type header, if there was one. `now` (aware) is when the page was
    fetched: it gives 3小时前 and days without a year their meaning, and decides which of a site's `rules` held then.
    What lies after `latest` (`now` where nothing is said) is no time of publishing. `listed` is the day that stands beside
    the link to the page: it counts where the page has none but those that its text tells of. `place` is where the text
    stood on the first page of an article of which this is another: there it is looked for, however short it is.
    """
    latest = latest or now
    if kind_of_file(html) or is_scattered(html):
        return Extracted()
    charset = ""
    if isinstance(html, bytes):
        decoded = decode(html, header_charset)
        html, charset = decoded.text, decoded.charset
    root = parse(html)
    said = stated(root)
    base = url or said.address
    rule = rule_for(rules, root, base, said.meta.get("generator", ""), now)
    take_out(root, rule)
    ruled = _ruled(root, rule, now, latest)
    page = _read(root, said, base, _Clock(now, latest, listed), rule, place)
    article = stored_article(list(root.iter("script"))) if len(page.text) < _SOME_TEXT else None
    if article and (not _says_something(page.text) or _same_headline(page.title, article.title)):
        page = _from_script(page, article, base, latest)
    return replace(page, charset=charset, **ruled)


@dataclass(frozen=True)
class _Clock:
    """What is known of time from outside the page."""

    now: datetime | None
    latest: datetime | None
    listed: Moment | None


def _read(root: Element, said: Stated, url: str, clock: _Clock, rule: SiteRule | None, place: str) -> Extracted:
    base = absolute_url(said.base, url) or url
    shown = link_shown_files(root, base)
    nodes, runs = blocks_of(root)
    headings = headings_of(root)
    title = title_of(said, runs, headings)
    chosen = elements_at(root, rule.body) if rule else []
    thread = is_thread(root, url, said.meta.get("generator", ""), str(said.linked.get("@type") or ""))
    content = within(nodes, runs, chosen, title) if chosen else find(nodes, runs, title, thread=thread)
    if place and not chosen:
        content = at_place(nodes, runs, place, title, content)
    if content is None:
        return Extracted(title=title)
    if not chosen:
        content = content_of_files(content, runs, file_links(root, base))
    head, tail = _around(runs, content)
    found = _labelled(said, title, headings, _Lines(head, content.kept, tail), url, clock)
    attachments, stands_at = attachments_of(content.element, base), place_of(content.element)
    lines = [*content.kept, *content.dropped, *tail]
    paging = Paging() if thread else paging_of(content.element, lines, url, base, further=bool(place))
    if paging.pages > 1 or place:
        content = without_pager(content)
    # the link stands for what is seen there
    dropped = [run for run in content.dropped if shown.isdisjoint(element for element, _ in run.pieces)]
    fragment, images = render(content.element, dropped, base)
    return replace(
        found,
        text=content.text,
        html=fragment,
        images=images,
        attachments=attachments,
        pages=paging.pages,
        pages_told=paging.told,
        following=paging.following,
        place=stands_at,
        language=root.get("lang") or language_of(content.text),
    )


class _Lines(NamedTuple):
    """The lines above a text, nearest to the title first, its own, and those below it."""

    head: list[Run]
    body: list[Run]
    tail: list[Run]


def _labelled(said: Stated, title: str, headings: list[str], lines: _Lines, url: str, clock: _Clock) -> Extracted:
    """What stands around a text: its headline, source, day and author."""
    head, body, tail = lines
    source_name = source_of(said, head, body, tail)
    untitled = says_nothing(title, said, headings, head, source_name)
    if untitled:
        above = headline_above(title, head or body[:2], headings) or stated_headline(title, said)
        title, untitled = above or heading_elsewhere(title, headings) or title, not above
    title = unlabelled(title)
    # a day in the headline is the day of what it tells of
    undated = [run for run in head if not same_words(run.text, title)]
    moment = published_at(said, undated, body, tail, url, clock.now, clock.latest, clock.listed)
    moment = moment or day_of_bulletin(title, clock.latest)
    return Extracted(
        title=title,
        untitled=untitled,
        author=author_of(said, title, head, body, tail),
        published_at=moment.at if moment else None,
        exact=bool(moment and moment.exact),
        source_name=source_name,
    )


def _ruled(root: Element, rule: SiteRule | None, now: datetime | None, latest: datetime | None) -> dict[str, Any]:
    """The fields that the site's rule finds; they take the place of what the generic extractor decides."""
    if rule is None:
        return {}
    found: dict[str, Any] = {
        "title": first_text(root, rule.title),
        "author": without_label(first_text(root, rule.author)),
        "source_name": without_label(first_text(root, rule.source)),
    }
    written = first_text(root, rule.date)
    moment: Moment | None = (parse_date(written) or recent(written, now, None)) if written else None
    if moment and not lies_ahead(moment.at, latest):
        found |= {"published_at": moment.at, "exact": moment.exact}
    if found["title"]:
        found["untitled"] = False
    return {name: value for name, value in found.items() if value != ""}


def _says_something(text: str) -> bool:
    """Whether a short text is one, such as the notice of a cut in the water supply, and not what a page shows without scripts."""
    return bool(_SENTENCE.search(text)) and not _WITHOUT_SCRIPTS.search(text)


def _same_headline(one: str, other: str) -> bool:
    left, right = bare(one), bare(other)
    return bool(left and right) and (left in right or right in left)


def _from_script(page: Extracted, article: StoredArticle, url: str, latest: datetime | None) -> Extracted:
    """The article that a script holds, for a page whose text is made by the reader's browser."""
    root = parse(f"<div>{article.body}</div>")
    nodes, runs = blocks_of(root)
    content = within(nodes, runs, [root], article.title)
    if content is None:
        return page
    attachments = attachments_of(content.element, url)
    fragment, images = render(content.element, content.dropped, url)
    moment = parse_date(article.date) if article.date else None
    moment = None if moment and lies_ahead(moment.at, latest) else moment
    return replace(
        page,
        title=article.title or page.title,
        untitled=page.untitled and not article.title,
        author=page.author or article.author,
        source_name=page.source_name or article.source,
        published_at=moment.at if moment else page.published_at,
        exact=moment.exact if moment else page.exact,
        text=content.text,
        html=fragment,
        images=images,
        attachments=attachments,
        language=page.language or language_of(content.text),
    )


def without_lines(page: Extracted, above: int, below: int, pictures: Collection[str] = ()) -> Extracted:
    """A page without so many lines at either end of its text, and without the pictures at those addresses."""
    lines = page.text.splitlines()
    kept = lines[above : max(above, len(lines) - below)]
    images = tuple(image for image in page.images if image.url not in pictures)
    if len(kept) == len(lines) and len(images) == len(page.images):
        return page
    root = parse(page.html)
    _, runs = blocks_of(root)
    dropped = _leading(runs, lines[:above]) + _leading(runs[::-1], lines[above + len(kept) :], backwards=True)
    for image in [each for each in root.iter("img") if each.get("src") in pictures]:
        cut_out(image)
    fragment, _ = render(next(root.iter("body")), dropped, "")
    return replace(page, text="\n".join(kept), html=fragment, images=images)


def _leading(runs: Sequence[Run], lines: Sequence[str], *, backwards: bool = False) -> list[Run]:
    """The runs at the beginning that are those lines, or with `backwards` at the end; a run of code has several."""
    wanted, found = list(lines), []
    for run in runs:
        own = run.text.splitlines()
        there = wanted[-len(own) :] if backwards else wanted[: len(own)]
        if not own or there != own:
            break
        found.append(run)
        wanted = wanted[: -len(own)] if backwards else wanted[len(own) :]
    return found


def language_of(text: str) -> str:
    """ "zh" where a tenth or more of the letters are Chinese characters, else ""."""
    looked_at = text[:4000]
    chinese = sum(map(len, _CHINESE.findall(looked_at)))
    if not chinese:
        return ""
    # most Chinese texts are told without looking at every letter
    few = chinese * 10 < len(looked_at) and chinese * 10 < sum(map(str.isalpha, looked_at))
    return "" if few else "zh"


def _around(runs: list[Run], content: Content) -> tuple[list[Run], list[Run]]:
    """The runs above the text, nearest to the title first, and those below it."""
    kept = set(map(id, content.kept))
    places = [position for position, run in enumerate(runs) if id(run) in kept]
    if not places:
        return runs, []
    return runs[max(0, places[0] - 40) : places[0]][::-1], [run for run in runs[places[0] :] if id(run) not in kept]
