"""Links that people register: do they lead to a work on the account's platform? Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from connectors.channels.weibo.text import base62
from steps.errors import Refused

LINK_LENGTH = 500
HOSTS: dict[str, tuple[str, ...]] = {
    "wechat": ("mp.weixin.qq.com",),
    "weibo": ("weibo.com", "weibo.cn"),
    "douyin": ("douyin.com", "iesdouyin.com"),
    "kuaishou": ("kuaishou.com", "gifshow.com"),
    "toutiao": ("toutiao.com",),
    "kepuchina": ("kepuchina.cn",),
}
"""Where the works of each platform stand, short links included."""
PLATFORM_NAMES = {
    "wechat": "微信公众号",
    "weibo": "微博",
    "douyin": "抖音",
    "kuaishou": "快手",
    "toutiao": "今日头条",
    "kepuchina": "科普号",
}
_NO_LINK = re.compile(r"[\s\x00-\x1f\x7f\"'<>\\]")


_ARTICLE = {
    "toutiao": re.compile(r"/(?:article|group|item|i|w|video)/?(\d{6,})"),
    "kepuchina": re.compile(r"(\d{4,})(?:\.s?html?)?/?$"),
}
"""Where the number of a work stands in its address."""


def article_id(link: str, platform: str) -> str:
    """The platform's number of the work; empty where the address does not tell. Pure."""
    pattern = _ARTICLE.get(platform)
    parts = urlsplit(link)
    found = pattern.search(parts.path) if pattern is not None else None
    return found[1] if found else ""


NUMBERED = frozenset({"weibo", "kuaishou"})
"""Platforms whose addresses hold the number by which the interface is asked."""


def names_work(link: str, known: Mapping[str, str]) -> bool:
    """Whether the address holds one of the numbers known of a work, as it is or in Weibo's letters. Pure."""
    parts = urlsplit(link)
    told = re.findall(r"\w+", f"{parts.path} {parts.query}")
    numbers = [known[name] for name in ("status_id", "mid", "photo_id") if known.get(name)]
    return any(number in told or (number.isdigit() and base62(number) in told) for number in numbers)


_NUMBER = {
    **_ARTICLE,
    "douyin": re.compile(r"/(?:video|note)/(\d{6,})"),
    "kuaishou": re.compile(r"/(?:short-video|photo)/(\w{6,})"),
}
"""Where what tells one work from all others stands in its address, on whatever host of the platform."""
_TELLING: dict[str, frozenset[str]] = {
    "wechat": frozenset({"__biz", "mid", "idx"}),
    "weibo": frozenset({"id"}),
    "douyin": frozenset({"modal_id"}),
    "kuaishou": frozenset({"photoId"}),
}
"""What of a query names the work. The rest says who shared it, and how it was opened."""


def work_key(link: str, platform: str) -> str:
    """The same text for every spelling of a work's address, as far as the address tells. Pure.

    Short links say nothing of the work behind them: they are themselves.
    """
    try:
        parts = urlsplit(link.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return link
    pattern = _NUMBER.get(platform)
    found = pattern.search(parts.path) if pattern is not None else None
    if found is not None:
        return f"{platform}/{found[1]}"
    wanted = _TELLING.get(platform)
    query = sorted(pair for pair in parse_qsl(parts.query) if wanted is None or pair[0] in wanted)
    return f"{host}{parts.path.rstrip('/')}?{urlencode(query)}"


def telling_part(link: str, platform: str) -> str:
    """The longest run of letters and digits that every spelling of the work's address holds. Pure."""
    _, _, rest = work_key(link, platform).partition("/")
    return max(re.findall(r"[A-Za-z0-9]+", re.sub(r"%[0-9A-F]{2}", "/", rest)), key=len, default="")


def checked_link(url: str, platform: str, settings: Mapping[str, Any]) -> str:
    """The link as it is kept, if it leads to this platform. Pure. Raises Refused.

    `settings`: the account's; its public_url names the platform's own host where that is another.
    """
    link = url.strip()
    if len(link) > LINK_LENGTH:
        raise Refused(f"链接太长（超过 {LINK_LENGTH} 个字符），请粘贴作品本身的链接。")
    try:
        parts = urlsplit(link)
        host, _ = (parts.hostname or "").lower(), parts.port
        own = urlsplit(str(settings.get("public_url") or settings.get("base_url") or "")).hostname
    except ValueError:
        raise Refused("链接不正确，请从平台上重新复制作品链接。") from None
    if parts.scheme not in ("http", "https") or not host or parts.username or _NO_LINK.search(link):
        raise Refused("链接不完整，请粘贴以 http 开头的作品链接。")
    wanted = HOSTS.get(platform, ())
    if wanted and host != own and not any(host == name or host.endswith(f".{name}") for name in wanted):
        raise Refused(f"这不是{PLATFORM_NAMES[platform]}的链接，请粘贴作品在{PLATFORM_NAMES[platform]}上的链接。")
    return link
