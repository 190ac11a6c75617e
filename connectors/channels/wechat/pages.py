"""The public page of an article, as any reader gets it."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from connectors.channels.wechat.api import WeChatApi
from connectors.errors import ConnectorError

_HOST = "mp.weixin.qq.com"
_GONE = ("该内容已被发布者删除", "此内容因违规无法查看", "参数错误，文章不存在")
Seen = Literal["shown", "gone", "unclear"]


class Pages:
    def __init__(self, api: WeChatApi, base_url: str) -> None:
        self._api = api
        self._hosts = {_HOST, urlsplit(base_url).netloc}

    def own(self, url: str) -> str:
        """The address if it is one of the platform's own, else nothing: a plain call-back's body is not signed."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return ""
        return url if parts.scheme in ("http", "https") and parts.netloc in self._hosts else ""

    def look(self, url: str, marker: str) -> Seen:
        """Shown where the article's 阅读原文 link carries this marker; unclear also where the page asks for a person."""
        try:
            answer = self._api.page(url)
        except ConnectorError:
            return "unclear"
        text = answer.body.decode("utf-8", "replace")
        if answer.status == 200 and marker and marker in text:
            return "shown"
        if answer.status in (404, 410) or any(words in text for words in _GONE):
            return "gone"
        return "unclear"
