"""What a page or a feed calls itself: a first name for a new source. Pure."""

from __future__ import annotations

import json
import re
from html import unescape

from lxml import etree

from connectors.base import RawPage
from connectors.extraction.blocks import parse, visible_text
from connectors.extraction.charset import decode
from connectors.sources.entries import plain_text
from connectors.sources.revisiting import charset_of

LONGEST = 60
_LONGEST_TITLE = 500
_TITLE_BEGINS = re.compile(r"<(?:\w+:)?title\b[^<>]*>", re.I)
_TITLE_ENDS = re.compile(r"</(?:\w+:)?title>", re.I)
_BETWEEN = re.compile(r"\s*[_|｜—–]+\s*|\s+[-·»>]\s+|(?<=[一-鿿])-+(?=[一-鿿])")
_EMPTY_WORDS = re.compile(r"^(?:首页|主页|网站首页|欢迎\S*|rss|feed|index|home|微信公众平台)$", re.I)
_UNIT = re.compile(r"(?:[厅局委办署网报社台馆院所站会部]|大学|学会|协会|科协|中心|政府|周刊|杂志|频道|公众号)$")
"""How the name of who publishes ends, in titles that put it before the column's name."""
_SITE_NAME = './/meta[@property="og:site_name"]/@content'


def name_of(page: RawPage) -> str:
    """ "" where it calls itself nothing. A page's title "科普动态_长春科协" becomes "长春科协·科普动态"."""
    text = decode(page.body, charset_of(page)).text
    beginning = text.lstrip("\ufeff \t\r\n")[:1]
    if beginning in ("{", "["):
        return _of_json(text)
    if re.search(r"<html|<!doctype html", text[:2000], re.I):
        return _of_html(text)
    return _short(_of_xml(text[:50_000]))


def _of_xml(text: str) -> str:
    begins = _TITLE_BEGINS.search(text)
    ends = _TITLE_ENDS.search(text, begins.end()) if begins else None
    if begins is None or ends is None:
        return ""
    said = text[begins.end() : ends.start()]
    return plain_text(unescape(said.replace("<![CDATA[", "").replace("]]>", "")))


def _of_json(text: str) -> str:
    try:
        said = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return ""
    title = said.get("title") if isinstance(said, dict) else ""
    return _short(title) if isinstance(title, str) else ""


def _of_html(text: str) -> str:
    root = parse(text)
    site = _first(root, _SITE_NAME)
    pieces = [each for each in _BETWEEN.split(_first(root, ".//title/text()")[:_LONGEST_TITLE]) if each]
    pieces = [each for each in pieces if not _EMPTY_WORDS.match(each)]
    if site and site not in pieces:
        pieces.append(site)
    if not pieces:
        return ""
    unit = site or next((each for each in reversed(pieces) if _UNIT.search(each)), pieces[-1])
    column = next((each for each in pieces if each != unit), "")
    return _short(column if unit in column else f"{unit}·{column}" if column else unit)


def _first(root: etree._Element, path: str) -> str:
    found = root.xpath(path)
    return visible_text(str(found[0])) if isinstance(found, list) and found else ""


def _short(name: str) -> str:
    return visible_text(name)[:LONGEST]
