"""Looking into WeChat's own lists: is a draft still there, is an article out? Reads only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from connectors.base import ErrorClass
from connectors.channels.answers import entries
from connectors.channels.codes import Refused, number
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
        # not a word of an article is no proof that there is none
        return next(iter(_entries(said.get("news_item"), told_by=("url",))), None)

    def find_draft(self, marker: str, *, since: datetime | None) -> str | None:
        for item in self._newest("/cgi-bin/draft/batchget", "media_id", since):
            if any(marked(article, marker) for article in _articles(item)):
                return str(item["media_id"])
        return None

    def find_published(self, marker: str, *, since: datetime | None) -> dict[str, str] | None:
        for item in self._newest("/cgi-bin/freepublish/batchget", "article_id", since):
            for article in _articles(item):
                if marked(article, marker):
                    return {"article_id": str(item["article_id"]), "article_url": str(article.get("url", ""))}
        return None

    def published_page(self, offset: int, *, count: int = _PAGE) -> dict[str, Any]:
        return self._page("/cgi-bin/freepublish/batchget", offset, count)

    def _newest(self, path: str, told_by: str, since: datetime | None) -> Iterator[dict[str, Any]]:
        """Items, newest first, until they are older than `since`."""
        for page in range(_PAGES_MAX):
            said = self._page(path, page * _PAGE, _PAGE)
            items = _items(said, told_by)
            for item in items:
                made = number(item.get("update_time"))
                if since is not None and made is not None and made < (since - _SLACK).timestamp():
                    return
                yield item
            total = number(said.get("total_count"))
            if len(items) < _PAGE or (total is not None and (page + 1) * _PAGE >= total):
                return

    def _page(self, path: str, offset: int, count: int) -> dict[str, Any]:
        return self._api.ask(path, {"offset": offset, "count": count, "no_content": 1})


_entries = partial(entries, platform="微信", connector="wechat")


def _items(said: dict[str, Any], told_by: str) -> list[dict[str, Any]]:
    """The list's items. Raises RetryLater where one cannot be read: it may be the one that is looked for."""
    items = _entries(said.get("item"), told_by=(told_by,))
    for item in items:
        _articles(item)
    return items


def _articles(item: dict[str, Any]) -> list[dict[str, Any]]:
    content = item.get("content")
    listed = content.get("news_item") if isinstance(content, dict) else None
    return _entries(listed, told_by=("title",), perhaps=("content_source_url",))


def marked(article: dict[str, Any], marker: str) -> bool:
    """Whether the 阅读原文 link carries exactly this marker."""
    if not marker:
        return False
    link = str(article.get("content_source_url") or "")
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(marker)}(?![0-9A-Za-z])", link) is not None
