"""Every connector, by name. One visible dictionary, imported on use: one broken file never stops the others."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from connectors.errors import NeedsPerson

SOURCES = {
    "rss": "connectors.sources.rss:Rss",
    "webpage": "connectors.sources.webpage:WebPage",
    "sitemap": "connectors.sources.sitemap:Sitemap",
    "json_api": "connectors.sources.json_api:JsonApi",
    "hotlist": "connectors.sources.hotlist:HotList",
    "cap": "connectors.sources.cap:Cap",
    "wechat_article": "connectors.sources.wechat_article:WeChatArticle",
    "word": "connectors.sources.word:Word",
}

CHANNELS = {
    "wechat": "connectors.channels.wechat:WeChat",
    "weibo": "connectors.channels.weibo:Weibo",
    "douyin": "connectors.channels.douyin:Douyin",
    "kuaishou": "connectors.channels.kuaishou:Kuaishou",
    "toutiao": "connectors.channels.toutiao:Toutiao",
    "kepuchina": "connectors.channels.kepuchina:KepuChina",
}


def source_class(kind: str) -> Any:
    """The class for a kind of source. Raises NeedsPerson for a kind nobody knows."""
    return _load(SOURCES, kind, "来源类型")


def channel_class(platform: str) -> Any:
    """The class for a platform. Raises NeedsPerson for a platform nobody knows."""
    return _load(CHANNELS, platform, "平台")


def _load(table: dict[str, str], name: str, what: str) -> Any:
    if name not in table:
        raise NeedsPerson(f"没有名为“{name}”的{what}；可用的有：{'、'.join(table)}。")
    module, _, attribute = table[name].partition(":")
    return getattr(import_module(module), attribute)
