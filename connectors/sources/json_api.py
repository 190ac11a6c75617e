"""A JSON interface as a source: where its articles and their fields stand is data, and so is how it turns pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.base import BadItem, Cursor, FetchedItem, Parsed, RawPage
from connectors.errors import FormatChanged, keeping
from connectors.extraction import SiteRule
from connectors.extraction.dates import lies_ahead, parse_date
from connectors.extraction.pictures import absolute_url
from connectors.extraction.recent import recent
from connectors.http import HttpClient
from connectors.sources.addresses import site_of
from connectors.sources.completing import completed, digest_of, is_lost_revision, opened, shared_pages, taken_before
from connectors.sources.entries import Entry, item_of
from connectors.sources.json_paths import is_json, path_fault, reach, read_json, text_of
from connectors.sources.revisiting import TRIES, remembered, revisit
from connectors.sources.sizes import MOST_ENTRIES
from connectors.sources.visiting import Visitor

_ACCEPT = "application/json, text/javascript;q=0.8, */*;q=0.5"
_MARKUP = re.compile(r"</?[a-z][\w-]*(?:\s[^<>]*)?/?>|&(?:#\d+|[a-z]+);", re.I)
_NOT_FOUND = 404
_SLOT = re.compile(r"\{([^{}]*)\}")


class JsonApiSettings(BaseModel):
    """What can be set for an interface; items, next and all fields are paths such as `data.list` or `images.0.url`."""

    model_config = ConfigDict(extra="forbid")

    url: str
    items: str = ""
    """The list of articles; empty: the answer itself is the list. The fields are paths below one article."""
    title: str = "title"
    link: str = ""
    id: str = ""
    date: str = ""
    author: str = ""
    source: str = ""
    summary: str = ""
    body: str = ""
    """HTML or plain text."""
    pictures: str = ""
    url_template: str = ""
    """An article's address where the interface gives none: `https://example.cn/detail/{id}.html`; any path may stand in braces."""
    page_param: str = ""
    """The parameter of the address that turns pages: a number of a page, or an offset with `page_step` as the page's length."""
    first_page: int = Field(default=1, ge=0)
    page_step: int = Field(default=1, ge=1, le=1000)
    next: str = ""
    """Where the address of the next page stands, instead of `page_param`."""
    max_pages: int = Field(default=5, ge=1, le=50)
    full_text: bool = False
    """Open the page of each new article."""
    max_opened: int = Field(default=20, ge=1, le=200)
    """With `full_text`: articles opened in one round."""

    @field_validator("items", "title", "link", "id", "date", "author", "source", "summary", "body", "pictures", "next")
    @classmethod
    def _is_path(cls, value: str) -> str:
        if fault := path_fault(value):
            raise ValueError(fault)
        return value

    @field_validator("url_template")
    @classmethod
    def _is_template(cls, value: str) -> str:
        slots = _SLOT.findall(value)
        if value and (not value.startswith(("http://", "https://")) or not slots or any(not slot for slot in slots)):
            raise ValueError("url_template 写错了，应当像 https://example.cn/detail/{id}.html。")
        if fault := next(filter(None, map(path_fault, slots)), ""):
            raise ValueError(fault)
        return value


class JsonApi:
    """An interface as a source.

    The cursor holds the `ids` of articles that were on its pages, and `gap`: how often a later page could not be had.
    """

    name = "json_api"
    Settings = JsonApiSettings
    rules: Sequence[SiteRule] = ()

    def __init__(self, settings: JsonApiSettings, http: HttpClient) -> None:
        self._settings = settings
        self._http = http

    def fetch(self, cursor: Cursor | None) -> RawPage:
        known = cursor or {}
        gap = int(known.get("gap", 0))
        page = revisit(self._http, self._settings.url, cursor, _ACCEPT, afresh=bool(known.get("pending") or gap))
        if page.not_modified:
            return page
        pages = self._turned(page, set() if gap else set(known.get("ids", [])))
        items = [item for each in pages if each.error is None for item in self._readable(each)]
        failed = any(each.error is not None for each in pages)
        kept = page.cursor | {
            "ids": remembered((item.external_id for item in items), known.get("ids", [])),
            "gap": gap + 1 if failed and gap + 1 < TRIES else 0,
        }
        opened, visited = self._opened(items, known) if self._settings.full_text else ((), {})
        return page.model_copy(update={"parts": (*pages[1:], *opened), "cursor": kept | visited})

    def _turned(self, page: RawPage, known: set[str]) -> list[RawPage]:
        """The first page and those after it, until one brings nothing new. The last one may be one that could not be had."""
        # the address is the one that a person entered: robots.txt is not asked, as at the first page
        visitor = Visitor(self._http, self._settings.url, _ACCEPT, obey_robots=False)
        pages, asked = [page], {self._settings.url, page.url}
        seen = set(known)
        while len(pages) < self._settings.max_pages:
            ids = {item.external_id for item in self._readable(pages[-1])}
            address = self._after(pages[-1], len(pages))
            if not ids or ids <= seen or not address or address in asked:
                break
            seen |= ids
            asked.add(address)
            part = visitor.part(address)
            if part.status == _NOT_FOUND:
                # behind the last page
                break
            if part.error is None:
                part = self._checked(part)
            pages.append(part)
            if part.error is not None:
                break
        return pages

    def _checked(self, part: RawPage) -> RawPage:
        try:
            self._entries(part)
        except FormatChanged as error:
            return part.model_copy(update={"error": error.message, "body": b""})
        return part

    def _after(self, page: RawPage, turned: int) -> str:
        """The address of the page after this one; "" where there is none, or on another site."""
        wanted = self._settings
        if wanted.next:
            said = text_of(reach(read_json(page, self.name), wanted.next))
            address = absolute_url(said, page.url)
            return address if address and site_of(address) == site_of(wanted.url) else ""
        if not wanted.page_param:
            return ""
        parts = urlsplit(wanted.url)
        query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != wanted.page_param]
        number = wanted.first_page + turned * wanted.page_step
        return urlunsplit(parts._replace(query=urlencode([*query, (wanted.page_param, str(number))])))

    def _opened(self, items: Sequence[FetchedItem], known: Cursor) -> tuple[tuple[RawPage, ...], Cursor]:
        shared = shared_pages(known, [(item.external_id, item.url) for item in items])
        said = {
            item.url: digest_of(item.title, item.summary, item.text)
            for item in reversed(items)
            if item.url.startswith(("http://", "https://")) and item.url not in shared
        }
        visitor = Visitor(self._http, self._settings.url, "text/html, */*;q=0.5")
        parts, visited = opened(visitor, known, dict(reversed(said.items())), self._settings.max_opened, self.rules)
        return parts, visited | {"shared": shared}

    def parse(self, page: RawPage) -> Parsed:
        if page.not_modified:
            return Parsed()
        more = [part for part in page.parts if part.error is None and is_json(part)]
        articles = {str(part.cursor.get("link") or part.url): part for part in page.parts if part not in more}
        items: dict[str, FetchedItem] = {}
        before = taken_before(page) if self._settings.full_text else set()
        bad = [BadItem(where=link, reason=part.error) for link, part in articles.items() if part.error is not None]
        for each in (page, *more):
            for number, entry in enumerate(self._entries(each), 1):
                try:
                    item = self._item(entry, each)
                except ValueError as error:
                    bad.append(BadItem(where=f"第 {number} 条", reason=str(error)))
                    continue
                if item.url in before or is_lost_revision(articles.get(item.url)):
                    continue
                items.setdefault(item.external_id, completed(item, articles.get(item.url), self.rules))
        return Parsed(items=tuple(items.values()), bad=tuple(bad))

    def _readable(self, page: RawPage) -> list[FetchedItem]:
        found = []
        for entry in self._entries(page):
            try:
                found.append(self._item(entry, page))
            except ValueError:
                continue
        return found

    def _entries(self, page: RawPage) -> list[Any]:
        """Raises FormatChanged where there is no list."""
        entries = reach(read_json(page, self.name), self._settings.items)
        if not isinstance(entries, list):
            place = f"字段 {self._settings.items} " if self._settings.items else "最外层"
            with keeping(page):
                raise FormatChanged(
                    f"接口返回的{place}不是列表，可能改版了，请检查“文章列表”（items）。", connector=self.name
                )
        return entries[:MOST_ENTRIES]

    def _item(self, entry: Any, page: RawPage) -> FetchedItem:
        """Raises ValueError with a Chinese reason."""
        wanted = self._settings

        def said(path: str) -> str:
            return text_of(reach(entry, path)) if path else ""

        identity = said(wanted.id)
        return item_of(
            Entry(
                identity=identity,
                link=said(wanted.link) or self._address(entry, identity),
                title=_as_html(said(wanted.title)),
                author=_as_html(said(wanted.author)),
                source_name=_as_html(said(wanted.source)),
                published=[_moment(said(wanted.date), page.fetched_at)],
                summary=_as_html(said(wanted.summary)),
                html=_as_html(said(wanted.body)),
                pictures=_pictures(reach(entry, wanted.pictures)) if wanted.pictures else [],
            ),
            page.url,
        )

    def _address(self, entry: Any, identity: str) -> str:
        template = self._settings.url_template
        values = {
            slot: identity if slot == "id" and identity else text_of(reach(entry, slot))
            for slot in _SLOT.findall(template)
        }
        if not all(values.values()):
            return ""
        return _SLOT.sub(lambda slot: quote(values[slot[1]], safe="/"), template)


def _moment(written: str, now: datetime) -> str:
    found = parse_date(written) or recent(written, now, None) if written else None
    return found.at.isoformat() if found and not lies_ahead(found.at, now) else ""


def _as_html(text: str) -> str:
    """What is no HTML is made into it, a paragraph for each line where there are several."""
    if _MARKUP.search(text):
        return text
    lines = [escape(line.strip(), quote=False) for line in text.splitlines() if line.strip()]
    return "".join(f"<p>{line}</p>" for line in lines) if len(lines) > 1 else "".join(lines)


def _pictures(value: Any) -> list[str]:
    if isinstance(value, list):
        return [url for each in value[:100] for url in _pictures(each)]
    if isinstance(value, dict):
        return [next(filter(None, (text_of(value.get(name)) for name in ("url", "src", "link", "path"))), "")]
    return [text_of(value)]
