"""Looking into WeChat's own lists: is a draft still there, is an article out? Reads only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from connectors.base import ErrorClass
from connectors.channels.codes import Refused
from connectors.channels.wechat.api import WeChatApi

_PAGE = 20
_PAGES_MAX = 5
# clocks differ by minutes, and update_time is in whole seconds
_SLACK = timedelta(hours=1)
_BAD_MEDIA_ID = "40007"


class Lists:
    def __init__(self, api: WeChatApi) -> None:
        self._api = api

    def has_draft(self, media_id: str) -> bool:
        try:
            self._api.ask("/cgi-bin/draft/get", {"media_id": media_id})
        except Refused as refused:
            # on this call the code means "not there", elsewhere a wrong argument
            if refused.code == _BAD_MEDIA_ID:
                return False
            raise
        return True

    def article(self, article_id: str) -> dict[str, Any] | None:
        """The published article as the platform gives it, None where it knows none."""
        try:
            said = self._api.ask("/cgi-bin/freepublish/getarticle", {"article_id": article_id})
        except Refused as refused:
            if refused.refusal.kind is ErrorClass.NOT_FOUND:
                return None
            raise
        return next(iter(said.get("news_item") or []), None)

    def find_draft(self, marker: str, *, since: datetime | None) -> str | None:
        for item in self._newest("/cgi-bin/draft/batchget", since):
            if any(marked(article, marker) for article in _articles(item)):
                return str(item.get("media_id", ""))
        return None

    def find_published(self, marker: str, *, since: datetime | None) -> dict[str, str] | None:
        for item in self._newest("/cgi-bin/freepublish/batchget", since):
            for article in _articles(item):
                if marked(article, marker):
                    return {"article_id": str(item.get("article_id", "")), "article_url": str(article.get("url", ""))}
        return None

    def published_page(self, offset: int, *, count: int = _PAGE) -> dict[str, Any]:
        return self._page("/cgi-bin/freepublish/batchget", offset, count)

    def _newest(self, path: str, since: datetime | None) -> Iterator[dict[str, Any]]:
        """Items, newest first, until they are older than `since`."""
        for page in range(_PAGES_MAX):
            said = self._page(path, page * _PAGE, _PAGE)
            items = said.get("item") or []
            for item in items:
                if since is not None and int(item.get("update_time") or 0) < (since - _SLACK).timestamp():
                    return
                yield item
            if (page + 1) * _PAGE >= int(said.get("total_count") or 0) or not items:
                return

    def _page(self, path: str, offset: int, count: int) -> dict[str, Any]:
        return self._api.ask(path, {"offset": offset, "count": count, "no_content": 1})


def _articles(item: dict[str, Any]) -> list[dict[str, Any]]:
    return (item.get("content") or {}).get("news_item") or []


def marked(article: dict[str, Any], marker: str) -> bool:
    """Whether the 阅读原文 link carries exactly this marker."""
    link = str(article.get("content_source_url") or "")
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(marker)}(?![0-9A-Za-z])", link) is not None
