"""Articles that stand only in the page's scripts: JSON-LD, __NEXT_DATA__, window.__INITIAL_STATE__ and the like."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import unquote

from connectors.extraction.blocks import Element, visible_text
from connectors.extraction.metadata import names_in
from connectors.extraction.names import stated_people

_ASSIGNED = re.compile(r"(?<=[\w$.\]\[\"'\s])=\s*+(?=[{\[])")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_TEXT_KEYS = re.compile(
    r"^(?:article)?_?(?:body|content|text|html|detail|richtext|contenthtml|newscontent|content_noencode|txt)$|^article_?(?:body|content|text)$",
    re.I,
)
_TITLE_KEYS = ("title", "headline", "newsTitle", "articleTitle", "name")
_HEADLINES = _TITLE_KEYS[:-1]
_DATE_KEYS = re.compile(
    r"^(?:date_?published|publish(?:ed)?_?(?:at|time|date)?|pub_?(?:time|date)|news_?time|ctime|create_?time|created_?at|showtime|time|date)$",
    re.I,
)
_AUTHOR_KEYS = ("author", "authors", "authorName", "writer", "editor")
_SOURCE_KEYS = ("source", "sourceName", "origin", "mediaName", "media_name", "nick_name")
_DECODED = re.compile(r"""\b([A-Za-z_]\w*)\s*:\s*JsDecode\(\s*'((?:[^'\\]|\\.)*)'\s*\)""")
_HEX = re.compile(r"\\x([0-9a-fA-F]{2})")
_ENOUGH = 80
_MOST_SCRIPT = 4_000_000
_MOST_OBJECTS = 200_000


@dataclass(frozen=True)
class StoredArticle:
    """An article as a script holds it. `body` is text or HTML."""

    body: str
    title: str = ""
    author: str = ""
    source: str = ""
    date: str = ""


def stored_article(scripts: list[Element]) -> StoredArticle | None:
    """The object in the page's scripts with the longest Chinese text under a name such as content; None without one.

    One with a headline goes before those without, which may be comments.
    """
    best: tuple[tuple[bool, int], dict[str, Any], str] | None = None
    for element in scripts:
        for data in _data(element.text or ""):
            for entry in _objects(data):
                for key, value in entry.items():
                    if isinstance(value, str) and len(value) >= _ENOUGH and _TEXT_KEYS.match(key):
                        length = len(_CHINESE.findall(value))
                        rank = (bool(_first(entry, _HEADLINES)), length)
                        if length >= _ENOUGH and (best is None or rank > best[0]):
                            best = (rank, entry, value)
    return _article(best[1], best[2]) if best else None


def _article(entry: dict[str, Any], body: str) -> StoredArticle:
    date = next(
        (str(value) for key, value in entry.items() if _DATE_KEYS.match(key) and isinstance(value, str | int)), ""
    )
    authors = next((names for key in _AUTHOR_KEYS if (names := names_in(entry.get(key)))), [])
    return StoredArticle(
        body,
        visible_text(_first(entry, _TITLE_KEYS)),
        stated_people(" ".join(authors)),
        _first(entry, _SOURCE_KEYS),
        date,
    )


def _first(entry: dict[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = entry.get(name)
        if isinstance(value, dict):
            value = value.get("name") or value.get("title")
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _data(script: str) -> Iterator[Any]:
    """What a script holds as JSON: the whole of it, or what it assigns to a name."""
    text = script.strip()
    if len(text) > _MOST_SCRIPT or len(text) < _ENOUGH:
        return
    if "JsDecode(" in text:
        yield _decoded(text)
    if text.startswith("%7B"):
        text = unquote(text)
    decoder = json.JSONDecoder(strict=False)
    starts = [0] if text[0] in "{[" else [match.end() for match in _ASSIGNED.finditer(text)][:20]
    for start in starts:
        try:
            yield decoder.raw_decode(text, start)[0]
        except (ValueError, RecursionError):
            continue


def _decoded(script: str) -> dict[str, str]:
    """What an object of a script holds as `name: JsDecode('…')`, the longest of each name; lines as lines of HTML."""
    found: dict[str, str] = {}
    for name, literal in _DECODED.findall(script):
        if len(literal) > len(found.get(name, "")):
            found[name] = literal
    return {name: _unescaped(literal).replace("\n", "<br>") for name, literal in found.items()}


def _unescaped(literal: str) -> str:
    text = _HEX.sub(lambda match: chr(int(match[1], 16)), literal)
    return unescape(text.replace("\\n", "\n").replace("\\", ""))


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    """Every object in it, without recursion."""
    waiting, seen = [data], 0
    while waiting and seen < _MOST_OBJECTS:
        entry = waiting.pop()
        seen += 1
        if isinstance(entry, dict):
            yield entry
            waiting.extend(value for value in entry.values() if isinstance(value, dict | list))
        elif isinstance(entry, list):
            waiting.extend(value for value in entry if isinstance(value, dict | list))
