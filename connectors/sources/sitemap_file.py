"""What a sitemap says: addresses with their times, or more sitemaps (https://www.sitemaps.org/protocol.html). Pure.

Also the news extension (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap), gzip, plain text.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from connectors.base import RawPage, keepable
from connectors.errors import FormatChanged, keeping
from connectors.extraction.blocks import visible_text
from connectors.extraction.charset import decode
from connectors.extraction.dates import parse_date
from connectors.extraction.pictures import absolute_url
from connectors.sources.addresses import without_anchor
from connectors.sources.entities import refuse_entities
from connectors.sources.revisiting import charset_of

MOST_BYTES = 16 * 1024 * 1024
"""Unpacked; fifty thousand addresses, the most the protocol allows in one file, need less."""
_GZIP = b"\x1f\x8b"
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_BARE = re.compile(r"&(?!#?\w{1,10};)")
_HTML = re.compile(r"<!doctype\s+html|<html[\s>]", re.I)
_ROOT = re.compile(
    r"\A(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*+<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", re.S | re.I
)
_NUMBER = re.compile(r"\d+")
_AHEAD = timedelta(days=1)


@dataclass(frozen=True)
class Entry:
    """An address. `changed` is lastmod as written; title, published and publication come from the news extension."""

    url: str
    changed: str = ""
    title: str = ""
    published: datetime | None = None
    publication: str = ""


@dataclass(frozen=True)
class SiteMap:
    pages: tuple[Entry, ...] = ()
    maps: tuple[Entry, ...] = ()


def read_sitemap(page: RawPage) -> SiteMap:
    """Raises FormatChanged for what is no sitemap, is not whole, or defines entities."""
    with keeping(page):
        text = _text_of(page)
        if not text:
            raise _changed("站点地图是空白的，请确认网址是否仍然有效。")
        if not text.startswith("<"):
            return _of_lines(text)
        if _HTML.search(text[:2000]):
            raise _changed("这个网址返回的是普通网页，不是站点地图，请换成站点地图的网址，或改用“网页”类型的来源。")
        refuse_entities(text, "sitemap")
        return _of_xml(text, page.url)


def is_sitemap(page: RawPage) -> bool:
    """Whether a page that was led to is another sitemap and no article."""
    if page.error is not None or page.body[:2] == _GZIP:
        return page.error is None
    text = _text_of(page)
    return bool(_ROOT.match(text[:5000])) or _are_addresses(text.split("\n", 3)[:3])


def newest_first(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    """By time; a time to come is none. Without times: by the numbers in the address, which count up as a site grows."""
    return sorted(entries, key=lambda entry: (_time(entry, now), _numbers(entry.url)), reverse=True)


def newest(entries: list[Entry], most: int, now: datetime) -> list[Entry]:
    """The newest pages; where none has a time, those at either end of the file, for new ones are put at one of them."""
    if any(_time(entry, now) for entry in entries):
        return sorted(entries, key=lambda entry: _time(entry, now), reverse=True)[:most]
    half = most // 2
    return entries if len(entries) <= most else [*entries[: most - half], *entries[len(entries) - half :][::-1]]


def _time(entry: Entry, now: datetime) -> float:
    moment = entry.published or (found.at if (found := parse_date(entry.changed)) else None)
    return moment.timestamp() if moment and moment <= now + _AHEAD else 0.0


def _numbers(url: str) -> list[int]:
    return [int(number[:18]) for number in _NUMBER.findall(url)]


def _text_of(page: RawPage) -> str:
    body = _unpacked(page.body) if page.body[:2] == _GZIP else page.body
    return keepable(decode(body, charset_of(page)).text).lstrip("\ufeff \t\r\n")


def _unpacked(body: bytes) -> bytes:
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        content = unpacking.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise _changed("站点地图的压缩文件已损坏，请联系来源方，稍后会再试。") from error
    if unpacking.unconsumed_tail:
        raise _changed(f"站点地图解压后超过 {MOST_BYTES // 1024**2} MB，没有读取，请改用较小的子地图的网址。")
    if not unpacking.eof:
        raise _changed("站点地图的压缩文件不完整，请联系来源方，稍后会再试。")
    return content


def _of_lines(text: str) -> SiteMap:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not _are_addresses(lines[:20]):
        raise _changed("返回的内容不是站点地图，请确认网址是否正确。")
    return SiteMap(pages=tuple(Entry(without_anchor(line)) for line in dict.fromkeys(lines) if _are_addresses([line])))


def _are_addresses(lines: list[str]) -> bool:
    found = [line.strip() for line in lines if line.strip()]
    return bool(found) and all(re.match(r"https?://\S+$", line) for line in found)


def _of_xml(text: str, base: str) -> SiteMap:
    body = _BARE.sub("&amp;", _DECLARATION.sub("", text, count=1)).encode("utf-8", "replace")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise _changed("站点地图的 XML 不完整或写错了，没有读取，请联系来源方，稍后会再试。") from error
    name = _local(root)
    if name not in ("urlset", "sitemapindex"):
        raise _changed("返回的 XML 不是站点地图，请确认网址是否正确。")
    entries = {entry.url: entry for child in root if (entry := _entry(child, base)) is not None}
    return SiteMap(maps=tuple(entries.values())) if name == "sitemapindex" else SiteMap(pages=tuple(entries.values()))


def _entry(element: etree._Element, base: str) -> Entry | None:
    said: dict[str, str] = {}
    for part in element.iter():
        if isinstance(part.tag, str):
            said.setdefault(_local(part), visible_text(part.text or ""))
    url = without_anchor(absolute_url(said.get("loc", ""), base))
    if not url.startswith(("http://", "https://")):
        return None
    moment = parse_date(said.get("publication_date", ""))
    # a caption or title of image and video extensions is no headline
    title = said.get("title", "") if "publication_date" in said else ""
    return Entry(
        url=url,
        changed=said.get("lastmod", "")[:40],
        title=title[:300],
        published=moment.at if moment else None,
        publication=said.get("name", "")[:100] if title else "",
    )


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname).lower()


def _changed(message: str) -> FormatChanged:
    return FormatChanged(message, connector="sitemap")
