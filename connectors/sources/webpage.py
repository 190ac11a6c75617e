"""A web page that lists articles, and the articles it leads to. Selectors where a site needs them, else the extractor decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from pydantic import BaseModel, ConfigDict, Field, field_validator
from soupsieve import SelectorSyntaxError
from soupsieve import compile as compile_selector

from connectors.base import BadItem, Cursor, FetchedItem, Parsed, PictureRef, RawPage
from connectors.errors import FormatChanged, keeping
from connectors.extraction import SCATTERED, Extracted, is_scattered, language_of
from connectors.extraction.blocks import visible_text
from connectors.extraction.charset import decode
from connectors.extraction.dates import lies_ahead, parse_date
from connectors.extraction.phrases import bare
from connectors.extraction.pictures import absolute_url
from connectors.extraction.rules import SiteRule
from connectors.http import HttpClient
from connectors.sources.addresses import is_route, site_of, without_anchor
from connectors.sources.entries import content_of
from connectors.sources.paged import article_at, read
from connectors.sources.rereading import LISTED, Watched, due, is_changed, looked_at, watch
from connectors.sources.revisiting import LESS, after_parts, charset_of, compared, in_turn, revisit, was_kept_from
from connectors.sources.row_days import day_beside
from connectors.sources.sizes import has_too_many_tags, require_readable_listing
from connectors.sources.visiting import Visitor

_ACCEPT = "text/html, application/xhtml+xml, */*;q=0.5"
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_HEADLINE = 8
"""A link with fewer Chinese characters is a menu entry, not a headline."""
_LABEL = re.compile(r"^\s*(?:来\s*源|作\s*者|稿\s*源|发布(?:时间|日期)|时间|日期)\s*[:：]\s*")


class WebPageSettings(BaseModel):
    """What can be set for a page; selectors are CSS (https://facelessuser.github.io/soupsieve/selectors/)."""

    model_config = ConfigDict(extra="forbid")

    url: str
    item: str = ""
    """On the listing: the link of an article, or the box that holds it. Empty: every link that reads like a headline."""
    link_pattern: str = ""
    """Only addresses that match this regular expression."""
    title: str = ""
    author: str = ""
    source: str = ""
    date: str = ""
    body: str = ""
    max_items: int = Field(default=20, ge=1, le=200)
    """Articles fetched in one round; what is left comes in the next."""
    max_rereads: int = Field(default=5, ge=0, le=50)
    """Articles taken before that are looked at again in one round."""

    @field_validator("item", "title", "author", "source", "date", "body")
    @classmethod
    def _is_selector(cls, value: str) -> str:
        if value:
            try:
                compile_selector(value)
            except SelectorSyntaxError as error:
                raise ValueError(f"选择器写错了：{value}") from error
        return value

    @field_validator("link_pattern")
    @classmethod
    def _is_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"正则表达式写错了：{value}") from error
        return value


@dataclass(frozen=True)
class Link:
    """An article on the listing, with what the listing says about it."""

    url: str
    text: str
    anchor: Tag


class WebPage:
    """A listing page as a source."""

    name = "webpage"
    Settings = WebPageSettings
    rules: Sequence[SiteRule] = ()

    def __init__(self, settings: WebPageSettings, http: HttpClient) -> None:
        self._settings = settings
        self._http = http

    def fetch(self, cursor: Cursor | None) -> RawPage:
        known = cursor or {}
        page = revisit(self._http, self._settings.url, cursor, _ACCEPT, afresh=bool(known.get("pending")))
        visitor = Visitor(self._http, self._settings.url, _ACCEPT)
        with keeping(page):
            parts, visited = ((), {}) if page.not_modified else self._new(visitor, page, known)
        got = [part for part in parts if part.error is None and LESS not in part.cursor]
        watched = watch(known.get("watched", {}), got, page.fetched_at)
        asked = {str(part.cursor["link"]) for part in parts}
        changed, watched = self._known_again(visitor, watched, page.fetched_at, asked)
        return page.model_copy(
            update={"parts": (*parts, *changed), "cursor": page.cursor | visited | {"watched": watched}}
        )

    def _new(self, visitor: Visitor, page: RawPage, known: Cursor) -> tuple[tuple[RawPage, ...], Cursor]:
        """The articles on the listing that were not taken yet, and what to remember of them."""
        seen = set(known.get("seen", []))
        links = {link.url: link for link in self._links(page)}
        new = [links[url] for url in in_turn([url for url in links if url not in seen], known)]
        chosen = new[: self._settings.max_items]
        parts = tuple(_listed(compared(article_at(visitor, link.url, self.rules), known), link) for link in chosen)
        return parts, after_parts(known, parts, more=len(new) > len(parts), listed=links)

    def _known_again(
        self, visitor: Visitor, watched: Watched, now: datetime, asked: set[str]
    ) -> tuple[list[RawPage], Watched]:
        """Articles taken before that have changed since, of those whose time for a look has come and that this visit did not ask for."""
        changed = []
        for link in due(
            {link: each for link, each in watched.items() if link not in asked}, now, self._settings.max_rereads
        ):
            known = watched[link]
            validators = {name: known[name] for name in ("etag", "last_modified")}
            page = article_at(visitor, link, self.rules, **validators)
            page = _with_day(page, str(known.get(LISTED, "")))
            if was_kept_from(page):
                continue
            if is_changed(known, page):
                changed.append(page)
            watched = looked_at(watched, page, now)
        return changed, watched

    def parse(self, page: RawPage) -> Parsed:
        with keeping(page):
            headlines = {} if page.not_modified else {link.url: link.text for link in self._links(page)}
        items: dict[str, FetchedItem] = {}
        bad: list[BadItem] = []
        for part in page.parts:
            link = str(part.cursor.get("link") or part.url)
            if part.error is None and LESS in part.cursor:
                continue
            try:
                items.setdefault(link, self._item(part, link, headlines.get(link, "")))
            except ValueError as error:
                bad.append(BadItem(where=link, reason=str(error)))
        return Parsed(items=tuple(items.values()), bad=tuple(bad))

    def _links(self, page: RawPage) -> list[Link]:
        """The articles of the listing, in its order. Raises FormatChanged where there is none."""
        text = decode(page.body, charset_of(page)).text
        require_readable_listing(text, self.name)
        soup = BeautifulSoup(text, "lxml")
        base = _base_of(soup, page.url)
        found = self._selected(soup, base) if self._settings.item else _headlines(soup, base, site_of(page.url))
        pattern = re.compile(self._settings.link_pattern)
        links = {link.url: link for link in reversed(found) if pattern.search(link.url)}
        if not links:
            hint = "请检查选择器 item 和 link_pattern" if self._settings.item else "请设置选择器 item"
            raise FormatChanged(f"列表页上没有找到文章链接，网页可能改版了，{hint}。", connector="webpage")
        return list(reversed(links.values()))

    def _selected(self, soup: BeautifulSoup, base: str) -> list[Link]:
        links = []
        for box in soup.select(self._settings.item):
            anchor = box if box.name == "a" else box.find("a", href=True)
            if isinstance(anchor, Tag) and (url := _target(anchor, base)):
                links.append(Link(url, _words_of(anchor), anchor))
        return links

    def _item(self, part: RawPage, link: str, headline: str) -> FetchedItem:
        """Raises ValueError with a Chinese reason."""
        if part.error is not None:
            raise ValueError(part.error)
        if is_scattered(part.body):
            raise ValueError(SCATTERED)
        listed = parse_date(str(part.cursor.get(LISTED, "")))
        page = read(part, self.rules, listed, refined=self._by_selectors)
        title = _headline(page, headline)
        if not title:
            raise ValueError("网页上没有找到标题，已跳过。")
        if not page.text and not page.images and not page.attachments:
            raise ValueError("网页上没有找到正文，已跳过；如果正文由脚本生成，请换一个来源。")
        return FetchedItem(
            external_id=link[:500],
            url=link,
            title=title[:300],
            author=page.author[:100],
            source_name=page.source_name[:100],
            published_at=page.published_at,
            text=page.text,
            html=page.html,
            pictures=page.images,
            attachments=page.attachments,
            language=page.language or language_of(page.text),
        )

    def _by_selectors(self, part: RawPage, page: Extracted) -> Extracted:
        """What the selectors find takes the place of what the extractor decided."""
        wanted = self._settings
        if not (wanted.title or wanted.author or wanted.source or wanted.date or wanted.body):
            return page
        text = decode(part.body, charset_of(part)).text
        if has_too_many_tags(text):
            return page
        soup = BeautifulSoup(text, "lxml")
        changes: dict[str, Any] = {
            "title": _first_text(soup, wanted.title),
            "author": _first_text(soup, wanted.author),
            "source_name": _first_text(soup, wanted.source),
        }
        moment = parse_date(_first_text(soup, wanted.date)) if wanted.date else None
        if moment and not lies_ahead(moment.at, part.fetched_at):
            changes |= {"published_at": moment.at, "exact": moment.exact}
        changes |= _body(soup, wanted.body, _base_of(soup, part.url))
        found = {name: value for name, value in changes.items() if value}
        return Extracted(**(vars(page) | found | {"untitled": page.untitled and "title" not in found}))


def _headline(page: Extracted, listed: str) -> str:
    """The page's title; what its link on the listing says where the page shows no headline and has only a name as its title."""
    return listed if page.untitled and listed and bare(listed) not in bare(page.title) else page.title or listed


def _listed(part: RawPage, link: Link) -> RawPage:
    """With the day that the listing shows beside its link; later looks at the page alone do not have it."""
    return _with_day(part, day_beside(link.anchor, part.fetched_at))


def _with_day(part: RawPage, day: str) -> RawPage:
    return part.model_copy(update={"cursor": part.cursor | {LISTED: day}}) if day else part


def _body(soup: BeautifulSoup, selector: str, base: str) -> dict[str, Any]:
    boxes = soup.select(selector) if selector else []
    if not boxes:
        return {}
    text, html, pictures = content_of("".join(str(box) for box in boxes), base)
    found: dict[str, str | tuple[PictureRef, ...]] = {"text": text, "html": html, "images": pictures}
    return found


def _first_text(soup: BeautifulSoup, selector: str) -> str:
    found = soup.select_one(selector) if selector else None
    if found is None:
        return ""
    text = found.get("content") if found.name == "meta" else found.get_text(" ")
    return _LABEL.sub("", visible_text(str(text or "")))


def _headlines(soup: BeautifulSoup, base: str, site: str) -> list[Link]:
    links = []
    for anchor in soup.find_all("a", href=True):
        text = _words_of(anchor)
        url = _target(anchor, base)
        if (
            url
            and len(_CHINESE.findall(text)) >= _HEADLINE
            and site_of(url) == site
            and (urlsplit(url).path not in ("", "/") or is_route(url))
        ):
            links.append(Link(url, text, anchor))
    return links


def _words_of(anchor: Tag) -> str:
    """The headline that a link shows; the whole of it where the link shows its beginning."""
    shown, whole = visible_text(anchor.get_text(" ")), visible_text(str(anchor.get("title") or ""))
    return whole if whole and (not shown or shown.endswith(("…", "..."))) else shown


def _base_of(soup: BeautifulSoup, url: str) -> str:
    """What the links of a page are seen from: its own address, or what it says instead."""
    said = soup.find("base", href=True)
    return (absolute_url(str(said.get("href")), url) if isinstance(said, Tag) else "") or url


def _target(anchor: Tag, base: str) -> str:
    return without_anchor(absolute_url(str(anchor.get("href") or ""), base))
