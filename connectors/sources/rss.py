"""Feeds: RSS, Atom and RDF through feedparser, JSON Feed (https://jsonfeed.org/version/1.1) by hand.

With `full_text` the pages that new entries link to are fetched too, for feeds that give only summaries.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import feedparser
from pydantic import BaseModel, ConfigDict, Field

from connectors.base import BadItem, Cursor, FetchedItem, Parsed, RawPage, keepable
from connectors.errors import FormatChanged, keeping
from connectors.extraction import SiteRule
from connectors.extraction.charset import decode
from connectors.http import HttpClient
from connectors.sources.completing import completed, digest_of, is_lost_revision, opened, shared_pages, taken_before
from connectors.sources.entities import refuse_entities
from connectors.sources.entries import Entry, item_of
from connectors.sources.plain_rss import plain_entries
from connectors.sources.revisiting import REMEMBERED, charset_of, remembered, revisit
from connectors.sources.sizes import MOST_ENTRIES, require_readable_feed, require_readable_json
from connectors.sources.visiting import Visitor

_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_NEEDS_REWRITING = re.compile(r"xml:base|(?:<|&lt;)(?:embed|!(?![-\[d]))", re.I)
"""Where feedparser must go through the HTML of every entry, which takes a third of its time: addresses are made absolute in
item_of, but by the page's base, and an unclosed embed would swallow what follows."""
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.I)


class RssSettings(BaseModel):
    """What can be set for a feed."""

    model_config = ConfigDict(extra="forbid")

    url: str
    max_items: int = Field(default=500, ge=1, le=5000)
    full_text: bool = False
    max_pages: int = Field(default=20, ge=1, le=200)
    """With `full_text`: pages fetched in one round."""


class Rss:
    """A feed as a source."""

    name = "rss"
    Settings = RssSettings
    rules: Sequence[SiteRule] = ()

    def __init__(self, settings: RssSettings, http: HttpClient) -> None:
        self._settings = settings
        self._http = http

    def fetch(self, cursor: Cursor | None) -> RawPage:
        pending = bool((cursor or {}).get("pending"))
        page = revisit(self._http, self._settings.url, cursor, _ACCEPT, afresh=pending)
        if page.not_modified or not self._settings.full_text:
            return page
        return self._with_pages(page, cursor or {})

    def _with_pages(self, page: RawPage, known: Cursor) -> RawPage:
        most = min(self._settings.max_items, REMEMBERED)
        entries = self._entries(page)[:most]
        shared = shared_pages(known, [(entry.identity, entry.link) for entry in entries])
        said = {
            entry.link: digest_of(entry.title, entry.summary, entry.html)
            for entry in entries[::-1]
            if entry.link.startswith(("http://", "https://")) and entry.link not in shared
        }
        visitor = Visitor(self._http, self._settings.url, "text/html, */*;q=0.5")
        parts, visited = opened(visitor, known, dict(reversed(said.items())), self._settings.max_pages, self.rules)
        ids = remembered((entry.identity for entry in entries if entry.identity), known.get("ids", []))
        kept = page.cursor | visited | {"ids": ids, "shared": shared}
        return page.model_copy(update={"parts": parts, "cursor": kept})

    def parse(self, page: RawPage) -> Parsed:
        if page.not_modified:
            return Parsed()
        entries = self._entries(page)
        pages = {part.cursor.get("link"): part for part in page.parts}
        before = taken_before(page) if self._settings.full_text else set()
        items: dict[str, FetchedItem] = {}
        bad: list[BadItem] = []
        for number, entry in enumerate(entries[: self._settings.max_items], 1):
            try:
                item = item_of(entry, page.url, page.fetched_at)
            except ValueError as error:
                bad.append(BadItem(where=f"第 {number} 条", reason=str(error)))
                continue
            if entry.link in before:
                continue
            part = pages.get(entry.link)
            if part is not None and part.error is not None:
                bad.append(BadItem(where=item.url, reason=part.error))
            if is_lost_revision(part):
                continue
            items.setdefault(item.external_id, completed(item, part, self.rules))
        return Parsed(items=tuple(items.values()), bad=tuple(bad))

    def _entries(self, page: RawPage) -> list[Entry]:
        text = decode(page.body, charset_of(page)).text.lstrip("\ufeff \t\r\n")
        with keeping(page):
            if text.startswith("{"):
                require_readable_json(text, "rss")
                return _json_entries(text)
            if not text:
                raise FormatChanged("订阅源返回了空白内容，请确认网址是否仍然有效。", connector="rss")
            refuse_entities(text, "rss")
            require_readable_feed(text, "rss")
            return _xml_entries(text, page)


def _xml_entries(text: str, page: RawPage) -> list[Entry]:
    body = _DECLARATION.sub("", text, count=1).encode("utf-8", "replace")
    plain = plain_entries(text, body)
    return plain if plain is not None else feedparser_entries(text, body, page)


def feedparser_entries(text: str, body: bytes, page: RawPage) -> list[Entry]:
    """The entries as feedparser understands them, the measure for any shorter way. Raises FormatChanged."""
    # without a base, so that an id stays what the feed says; addresses are made absolute in item_of
    headers = {"content-type": "application/xml; charset=utf-8"}
    rewritten = _NEEDS_REWRITING.search(text) is not None
    parsed = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=rewritten, response_headers=headers)
    if not parsed.version and not parsed.entries:
        if _HTML.search(page.body[:2000]):
            raise FormatChanged(
                "这个网址返回的是普通网页，不是订阅源，请换成订阅源的网址，或改用“网页”类型的来源。", connector="rss"
            )
        raise FormatChanged("返回的内容不是 RSS、Atom 或 JSON Feed，请确认订阅网址是否正确。", connector="rss")
    return [_from_feedparser(entry) for entry in parsed.entries]


def _from_feedparser(entry: Any) -> Entry:
    contents = [str(part.get("value") or "") for part in entry.get("content", [])]
    summary = str(entry.get("summary") or "")
    html = max([*contents, summary], key=len)
    source = entry.get("source") or {}
    return Entry(
        identity=str(entry.get("id") or ""),
        link=keepable(str(entry.get("link") or "")),
        title=str(entry.get("title") or ""),
        author=str(entry.get("author") or ""),
        source_name=str(source.get("title") or "") if isinstance(source, dict) else "",
        published=[str(entry.get(name) or "") for name in ("published", "created", "updated")],
        parsed_time=entry.get("published_parsed") or entry.get("updated_parsed"),
        summary=summary,
        html=html,
        pictures=_pictures(entry),
        language=str(entry.get("title_detail", {}).get("language") or ""),
    )


def _pictures(entry: Any) -> list[str]:
    media = [*entry.get("media_content", []), *entry.get("enclosures", [])]
    images = [
        str(part.get("url") or part.get("href") or "")
        for part in media
        if "image" in str(part.get("type") or part.get("medium") or "")
    ]
    return images or [str(part.get("url") or "") for part in entry.get("media_thumbnail", [])]


def _json_entries(text: str) -> list[Entry]:
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise FormatChanged("返回的 JSON 不完整，请确认订阅网址是否正确。", connector="rss") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise FormatChanged("返回的 JSON 不是 JSON Feed（没有 items），请确认订阅网址是否正确。", connector="rss")
    return [_from_json(item if isinstance(item, dict) else {}) for item in items[:MOST_ENTRIES]]


def _from_json(item: dict[str, Any]) -> Entry:
    authors = item.get("authors") or [item.get("author")]
    names = [str(author.get("name") or "") for author in authors if isinstance(author, dict)]
    text = str(item.get("content_text") or "")
    paragraphs = "".join(f"<p>{_escaped(line)}</p>" for line in text.splitlines() if line.strip())
    return Entry(
        identity=str(item.get("id") or ""),
        link=keepable(str(item.get("url") or item.get("external_url") or "")),
        title=_escaped(str(item.get("title") or "")),
        author=" ".join(filter(None, names)),
        published=[str(item.get(name) or "") for name in ("date_published", "date_modified")],
        summary=_escaped(str(item.get("summary") or "")),
        html=str(item.get("content_html") or "") or paragraphs,
        pictures=[str(item[name]) for name in ("image", "banner_image") if item.get(name)],
        language=str(item.get("language") or ""),
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
