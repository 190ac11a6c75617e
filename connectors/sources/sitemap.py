"""A sitemap as a source: new pages are opened, and those of which it says that they have changed are opened again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.base import BadItem, Cursor, FetchedItem, Parsed, RawPage
from connectors.errors import FormatChanged, RetryLater, keeping
from connectors.extraction import SCATTERED, SiteRule, is_scattered, language_of
from connectors.extraction.dates import lies_ahead
from connectors.http import HttpClient
from connectors.sources.addresses import site_of
from connectors.sources.paged import article_at, read
from connectors.sources.revisiting import LESS, REMEMBERED, after_parts, compared, revisit
from connectors.sources.sitemap_file import Entry, SiteMap, is_sitemap, newest, newest_first, read_sitemap
from connectors.sources.visiting import Visitor

_ACCEPT = "application/xml, text/xml, application/gzip, text/plain;q=0.8, */*;q=0.5"
MOST_MAPS = 10
"""Sitemaps opened in one visit, however many an index names."""


class SitemapSettings(BaseModel):
    """What can be set for a sitemap."""

    model_config = ConfigDict(extra="forbid")

    url: str
    link_pattern: str = ""
    """Only pages whose address matches this regular expression; without one only pages of the sitemap's own site."""
    newest: int = Field(default=200, ge=1, le=500)
    """So many of the newest pages are followed; what is older is the site's archive."""
    max_items: int = Field(default=20, ge=1, le=200)
    """New pages opened in one round; what is left comes in the next."""
    max_rereads: int = Field(default=5, ge=0, le=50)
    """Changed pages opened again in one round."""

    @field_validator("link_pattern")
    @classmethod
    def _is_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"正则表达式写错了：{value}") from error
        return value


class Sitemap:
    """A sitemap, or an index of sitemaps.

    The cursor holds `maps` {address: lastmod} of the sitemaps behind an index and `known` {address: lastmod} of the pages taken.
    """

    name = "sitemap"
    Settings = SitemapSettings
    rules: Sequence[SiteRule] = ()

    def __init__(self, settings: SitemapSettings, http: HttpClient) -> None:
        self._settings = settings
        self._http = http

    def fetch(self, cursor: Cursor | None) -> RawPage:
        known = cursor or {}
        # the sitemaps behind an index change while it stays
        afresh = bool(known.get("pending") or known.get("maps"))
        page = revisit(self._http, self._settings.url, cursor, _ACCEPT, afresh=afresh)
        if page.not_modified:
            return page
        first = read_sitemap(page)
        if first.maps and not known.get("pending") and _nothing_moved(first, known.get("maps", {}), page):
            return page.model_copy(update={"cursor": known | page.cursor, "not_modified": True})
        maps, entries = self._followed(page, first)
        parts, visited = self._visited(newest(entries, self._settings.newest, page.fetched_at), known)
        # one that could not be read is asked for again
        behind = {entry.url: entry.changed if part.error is None else "" for part, entry in maps}
        kept = page.cursor | visited | {"maps": behind}
        return page.model_copy(update={"parts": (*(part for part, _ in maps), *parts), "cursor": kept})

    def _followed(self, page: RawPage, first: SiteMap) -> tuple[list[tuple[RawPage, Entry]], list[Entry]]:
        """The sitemaps behind an index, newest first, until there are pages enough; and the pages. Raises ConnectorError."""
        visitor = Visitor(self._http, self._settings.url, _ACCEPT)
        waiting = newest_first(self._own(first.maps), page.fetched_at)
        entries = self._wanted(first.pages)
        maps: list[tuple[RawPage, Entry]] = []
        asked: set[str] = set()
        while waiting and len(maps) < MOST_MAPS and len(entries) < self._settings.newest:
            entry = waiting.pop(0)
            if entry.url in asked:
                continue
            asked.add(entry.url)
            part, inner = _opened(visitor, entry)
            maps.append((part, entry))
            entries += self._wanted(inner.pages)
            waiting = newest_first(self._own(inner.maps), page.fetched_at) + waiting
        if not entries and maps:
            _require_some(maps, page)
        return maps, list({entry.url: entry for entry in entries}.values())

    def _wanted(self, entries: Sequence[Entry]) -> list[Entry]:
        if not self._settings.link_pattern:
            return self._own(entries)
        pattern = re.compile(self._settings.link_pattern)
        return [entry for entry in entries if pattern.search(entry.url)]

    def _own(self, entries: Sequence[Entry]) -> list[Entry]:
        site = site_of(self._settings.url)
        return [entry for entry in entries if site_of(entry.url) == site]

    def _visited(self, entries: list[Entry], known: Cursor) -> tuple[tuple[RawPage, ...], dict[str, Any]]:
        """The pages that are new or have changed, opened, and what to remember."""
        taken: dict[str, str] = known.get("known", {})
        fresh = [entry for entry in entries if entry.url not in taken]
        fresh.sort(key=lambda entry: entry.url in known.get("tries", {}))
        changed = [entry for entry in entries if taken.get(entry.url, entry.changed) != entry.changed]
        chosen = fresh[: self._settings.max_items] + changed[: self._settings.max_rereads]
        visitor = Visitor(self._http, self._settings.url, "text/html, application/xhtml+xml, */*;q=0.5")
        parts = tuple(
            compared(article_at(visitor, entry.url, self.rules), known, taken=entry.url in taken) for entry in chosen
        )
        more = len(fresh) + min(len(changed), self._settings.max_rereads) > len(parts)
        after = after_parts({name: known.get(name, {}) for name in ("tries", "pages")}, parts, more=more)
        said = {entry.url: entry.changed for entry in chosen}
        done = {url: said[url] for url in after["seen"]}
        remembered = list((done | {url: each for url, each in taken.items() if url not in done}).items())[:REMEMBERED]
        return parts, {"known": dict(remembered), **{name: after[name] for name in ("tries", "pages", "pending")}}

    def parse(self, page: RawPage) -> Parsed:
        if page.not_modified:
            return Parsed()
        said = {entry.url: entry for entry in read_sitemap(page).pages}
        items: dict[str, FetchedItem] = {}
        bad: list[BadItem] = []
        for part in page.parts:
            link = str(part.cursor.get("link") or part.url)
            try:
                if is_sitemap(part):
                    said |= {entry.url: entry for entry in read_sitemap(part).pages}
                elif part.error is not None or LESS not in part.cursor:
                    items.setdefault(link, self._item(part, link, said.get(link, Entry(link))))
            except (ValueError, FormatChanged) as error:
                bad.append(BadItem(where=link, reason=str(error)))
        return Parsed(items=tuple(items.values()), bad=tuple(bad))

    def _item(self, part: RawPage, link: str, entry: Entry) -> FetchedItem:
        """Raises ValueError with a Chinese reason."""
        if part.error is not None:
            raise ValueError(part.error)
        page = read(part, self.rules)
        if is_scattered(part.body):
            raise ValueError(SCATTERED)
        stated = None if entry.published and lies_ahead(entry.published, part.fetched_at) else entry.published
        title = entry.title or page.title
        if not title:
            raise ValueError("网页上没有找到标题，已跳过。")
        if not page.text and not page.images:
            raise ValueError("网页上没有找到正文，已跳过；如果这类网址不是文章，请设置 link_pattern。")
        return FetchedItem(
            external_id=link[:500],
            url=link,
            title=title[:300],
            author=page.author[:100],
            source_name=(page.source_name or entry.publication)[:100],
            published_at=page.published_at if page.exact else stated or page.published_at,
            text=page.text,
            html=page.html,
            pictures=page.images,
            attachments=page.attachments,
            language=page.language or language_of(page.text),
        )


def _opened(visitor: Visitor, entry: Entry) -> tuple[RawPage, SiteMap]:
    """A sitemap behind an index; one that cannot be read says so in its part."""
    part = visitor.part(entry.url)
    if part.error is not None:
        return part, SiteMap()
    try:
        return part, read_sitemap(part)
    except FormatChanged as error:
        return part.model_copy(update={"error": error.message, "body": b""}), SiteMap()


def _require_some(maps: list[tuple[RawPage, Entry]], page: RawPage) -> None:
    reasons = [part.error for part, _ in maps if part.error is not None]
    if len(reasons) == len(maps):
        raise RetryLater(f"索引里的 {len(maps)} 份站点地图都没能读取，例如：{reasons[0]}", connector="sitemap")
    with keeping(page):
        raise FormatChanged(
            f"打开了 {len(maps)} 份站点地图，没有找到文章网址，请检查 link_pattern，或换成某一份子地图的网址。",
            connector="sitemap",
        )


def _nothing_moved(first: SiteMap, behind: dict[str, str], page: RawPage) -> bool:
    """Whether the newest sitemaps of an index are those of the last visit, and it says of each that it has not changed."""
    newest_maps = newest_first(first.maps, page.fetched_at)[: len(behind)]
    return bool(behind) and all(entry.changed and behind.get(entry.url) == entry.changed for entry in newest_maps)
