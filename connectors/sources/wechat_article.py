"""Articles of WeChat official accounts: given one by one, or found on an album page or a list that somebody keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.base import BadItem, Cursor, FetchedItem, Parsed, RawPage
from connectors.errors import FormatChanged, RetryLater
from connectors.extraction.charset import decode
from connectors.http import HttpClient
from connectors.sources.revisiting import AGAIN, after_parts, charset_of, revisit
from connectors.sources.visiting import Visitor
from connectors.sources.wechat_page import BLOCKED, HOST, is_article_address, is_blocked, read

_ACCEPT = "text/html, application/xhtml+xml, */*;q=0.5"
_PATIENCE = 6 * 3600.0
"""Seconds to leave WeChat alone once it asks for a person."""
_LINK = re.compile(r"https?://[\w.\-:\[\]]+/s[/?][^\s\"'<>\\)\]}，。；、（）《》“”]+")


class WeChatArticleSettings(BaseModel):
    """What can be set. `url`: an article, an album (/mp/appmsgalbum?…), or any page or text that lists addresses."""

    model_config = ConfigDict(extra="forbid")

    url: str
    articles: tuple[str, ...] = ()
    """More articles, by address."""
    max_items: int = Field(default=10, ge=1, le=100)
    """Articles fetched in one round; what is left comes in the next."""

    @field_validator("articles")
    @classmethod
    def _are_articles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for url in value:
            if not url.startswith(("http://", "https://")) or not is_article_address(url):
                raise ValueError(f"不是公众号文章的网址：{url[:200]}")
        return value


class WeChatArticle:
    """Articles of official accounts as a source."""

    name = "wechat_article"
    Settings = WeChatArticleSettings

    def __init__(self, settings: WeChatArticleSettings, http: HttpClient) -> None:
        self._settings = settings
        self._http = http

    def fetch(self, cursor: Cursor | None) -> RawPage:
        known = cursor or {}
        page = revisit(self._http, self._settings.url, cursor, _ACCEPT, afresh=bool(known.get("pending")))
        if not page.not_modified and is_blocked(_text(page), page.url):
            raise RetryLater(BLOCKED, connector=self.name, after=_PATIENCE)
        seen = set(known.get("seen", []))
        new = [link for link in self._links(page) if link not in seen]
        parts = tuple(self._parts(new[: self._settings.max_items]))
        visited = after_parts(known, parts, more=len(new) > len(parts))
        return page.model_copy(update={"parts": parts, "cursor": page.cursor | visited})

    def parse(self, page: RawPage) -> Parsed:
        own = [] if page.not_modified or not is_article_address(page.url) else [page]
        if not own and not page.parts and not page.not_modified and not self._links(page):
            raise FormatChanged(
                "这个网页里没有公众号文章的链接，请换成文章、合集的网址，或列有文章网址的清单。", connector=self.name
            )
        items: dict[str, FetchedItem] = {}
        bad: list[BadItem] = []
        for each in (*own, *page.parts):
            try:
                item = _item(each)
                items.setdefault(item.external_id, item)
            except ValueError as error:
                bad.append(BadItem(where=each.url, reason=str(error)))
        if own and not page.parts and bad:
            raise FormatChanged(bad[0].reason, connector=self.name)
        return Parsed(items=tuple(items.values()), bad=tuple(bad))

    def _links(self, page: RawPage) -> list[str]:
        """Addresses of articles: those set, then those of the listing, newest first as it has them."""
        listed: Iterable[str] = ()
        if not page.not_modified and not is_article_address(page.url):
            ours = {HOST, urlsplit(self._settings.url).netloc}
            text = unescape(_text(page).replace("\\/", "/").replace("\\x26", "&"))
            listed = (link for link in _LINK.findall(text) if urlsplit(link).netloc in ours)
        links = (link.partition("#")[0] for link in (*self._settings.articles, *listed))
        return list(dict.fromkeys(_secure(link) for link in links))

    def _parts(self, links: list[str]) -> Iterable[RawPage]:
        """The pages, until WeChat asks for a person: then nothing more is asked."""
        # what a person entered is asked as such; what a page lists only where robots.txt lets us
        entered = Visitor(self._http, self._settings.url, _ACCEPT, obey_robots=False)
        found = Visitor(self._http, self._settings.url, _ACCEPT)
        given = {_secure(link.partition("#")[0]) for link in self._settings.articles}
        for link in links:
            part = (entered if link in given else found).part(link)
            if part.error is None and is_blocked(_text(part), part.url):
                yield part.model_copy(update={"error": BLOCKED, "cursor": part.cursor | {AGAIN: True}})
                return
            yield part


def _item(page: RawPage) -> FetchedItem:
    """Raises ValueError with a Chinese reason."""
    if page.error is not None:
        raise ValueError(page.error)
    article = read(_text(page), page.url)
    return FetchedItem(
        external_id=article.identity[:500],
        url=article.url,
        title=article.title[:300],
        author=article.author[:100],
        source_name=article.account[:100],
        published_at=article.published_at,
        text=article.text,
        html=article.html,
        pictures=article.pictures,
        language=article.language,
    )


def _secure(link: str) -> str:
    return link.replace("http://", "https://", 1) if urlsplit(link).netloc == HOST else link


def _text(page: RawPage) -> str:
    return decode(page.body, charset_of(page)).text
