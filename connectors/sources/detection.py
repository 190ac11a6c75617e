"""What kind of source an address is, told from one answer: the first bytes and marks decide, then what a page says of itself."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from connectors.base import RawPage
from connectors.errors import FormatChanged
from connectors.extraction.binary import kind_of_file
from connectors.extraction.blocks import parse, visible_text
from connectors.extraction.charset import decode
from connectors.extraction.pictures import absolute_url
from connectors.sources.json_paths import guessed, is_json, unwrapped
from connectors.sources.revisiting import charset_of
from connectors.sources.sizes import require_readable_json

_BEFORE_ROOT = re.compile(r"\A(?:[\s\ufeff]|<\?.*?\?>|<!--.*?-->|<!(?!--)[^>]*>)*+", re.S)
_ROOT = re.compile(r"<(?:\w+:)?(\w+)")
_CAP_SPACE = "urn:oasis:names:tc:emergency:cap"
_CAP_LINK = re.compile(r"application/(?:common-alerting-protocol|cap)\+xml")
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]")
_WECHAT_BODY = re.compile(r"""id=["'](?:js_content|js_article|img-content)["']""")
_WECHAT_SCRIPT = re.compile(r"rich_media|\bvar biz\b|\bmsg_title\b")
_WECHAT_HOST = "mp.weixin.qq.com"
_FEED_TYPES = {
    "application/rss+xml": "RSS",
    "application/atom+xml": "Atom",
    "application/feed+json": "JSON Feed",
}
_OF_COMMENTS = re.compile(r"comment|评论|回复", re.I)


@dataclass(frozen=True)
class Guess:
    """A proposal. `url` is the address to register, which may be another than the one asked; `why` is for the person."""

    kind: str
    url: str
    settings: dict[str, Any] = field(default_factory=dict)
    why: str = ""


def guess(page: RawPage) -> Guess:
    """The kind of source behind one answer. Pure. Raises FormatChanged where there is nothing to collect from."""
    if page.body[:2] == b"\x1f\x8b" and "sitemap" in page.url.lower():
        return Guess("sitemap", page.url, why="这是压缩过的站点地图，列出全站文章的网址和更新时间。")
    if file := kind_of_file(page.body):
        raise FormatChanged(f"这个网址是{file}，不是可以持续采集的网页或订阅源，请换成列表页或订阅源的网址。")
    text = decode(page.body, charset_of(page)).text
    start = _BEFORE_ROOT.sub("", text, count=1)
    if not start:
        raise FormatChanged("这个网址返回了空白内容，请确认它在浏览器里能打开。")
    if start[0] in "{[" or is_json(page):
        return _of_json(page, text)
    return _of_xml(page, start) or _of_html(page, text)


# ---------------------------------------------------------------- XML


def _of_xml(page: RawPage, start: str) -> Guess | None:
    root = _ROOT.match(start)
    name = root[1].lower() if root else ""
    if name in ("urlset", "sitemapindex"):
        return Guess("sitemap", page.url, why="这是站点地图，列出全站文章的网址和更新时间。")
    if name == "alert" or name == "edxldistribution":
        return Guess("cap", page.url, why="这是 CAP 预警，会直接进入应急快发。")
    if name in ("rss", "feed", "rdf") or (name != "html" and _FEED.search(start[:4000])):
        if _CAP_SPACE in start or _CAP_LINK.search(start):
            return Guess("cap", page.url, why="这是预警的订阅列表（CAP），会直接进入应急快发。")
        return Guess("rss", page.url, why="这是订阅源，每条都有标题和时间，采集最稳。")
    return None


# ---------------------------------------------------------------- JSON


def _of_json(page: RawPage, text: str) -> Guess:
    require_readable_json(text, "")
    try:
        said = json.loads(unwrapped(text.lstrip("\ufeff \t\r\n")), strict=False)
    except (ValueError, RecursionError) as error:
        raise FormatChanged("这个网址返回的 JSON 不完整，请确认网址是否正确。") from error
    if isinstance(said, dict):
        if _is_json_feed(said):
            return Guess("rss", page.url, why="这是 JSON Feed 订阅源，每条都有标题和时间，采集最稳。")
        if _is_alarm_list(said):
            return Guess("cap", page.url, why="这是中央气象台的预警列表，会直接进入应急快发。")
        if _is_hot_list(said):
            return Guess("hotlist", page.url, why="这是热榜，用来判断什么话题正热，不作素材。")
    if settings := guessed(said):
        return Guess("json_api", page.url, settings, why="这是 JSON 接口，各字段是按名称猜的，请核对标题、网址和时间。")
    return Guess("json_api", page.url, why="这是 JSON 接口：需要写明文章列表、标题、网址等各在哪个字段。")


def _is_json_feed(said: dict[str, Any]) -> bool:
    return str(said.get("version", "")).startswith(("https://jsonfeed.org/", "http://jsonfeed.org/"))


def _is_alarm_list(said: dict[str, Any]) -> bool:
    """http://www.nmc.cn/rest/findAlarm: data.page.list, whose entries carry an alertid."""
    data = said.get("data")
    found = data.get("page") if isinstance(data, dict) else None
    entries = found.get("list") if isinstance(found, dict) else None
    return isinstance(entries, list) and (not entries or (isinstance(entries[0], dict) and "alertid" in entries[0]))


def _is_hot_list(said: dict[str, Any]) -> bool:
    """newsnow: id, items, updatedTime. DailyHotApi: name, title, total, data with hot figures."""
    if isinstance(said.get("items"), list) and "updatedTime" in said:
        return True
    entries = said.get("data")
    if not isinstance(entries, list) or not entries or not isinstance(entries[0], dict):
        return False
    return "title" in entries[0] and ("hot" in entries[0] or {"name", "total"} <= said.keys())


# ---------------------------------------------------------------- HTML


def _of_html(page: RawPage, text: str) -> Guess:
    parts = urlsplit(page.url)
    if parts.hostname == _WECHAT_HOST or (_WECHAT_BODY.search(text) and _WECHAT_SCRIPT.search(text)):
        album = "appmsgalbum" in parts.path
        what = (
            "公众号合集：里面的每篇文章都会打开采集。" if album else "公众号文章：标题、公众号名、时间和图片都能取到。"
        )
        return Guess("wechat_article", page.url, why=f"这是{what}")
    root = parse(text)
    for kind, link in _declared(root, page.url):
        return Guess("rss", link, why=f"网页声明了 {kind} 订阅源，比逐页采集更稳，建议改用它。")
    return Guess("webpage", page.url, why="这是普通网页：列表里的每篇文章都会打开采集。")


def _declared(root: etree._Element, base: str) -> list[tuple[str, str]]:
    """(name, address) of the feeds a page links to in its head, without those of comments."""
    found = []
    said = next((address for each in root.iter("base") if (address := each.get("href"))), "")
    base = absolute_url(said, base) or base
    for link in root.iter("link"):
        rel, type_ = (link.get("rel") or "").lower().split(), (link.get("type") or "").lower().split(";")[0].strip()
        url = absolute_url(link.get("href") or "", base)
        if "alternate" not in rel or type_ not in _FEED_TYPES or not url.startswith(("http://", "https://")):
            continue
        if not _OF_COMMENTS.search(url + visible_text(link.get("title") or "")):
            found.append((_FEED_TYPES[type_], url))
    return found
