"""What a page says to machines: meta elements, JSON-LD, microdata, and times in its scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from connectors.extraction.blocks import Element, text_of, visible_text
from connectors.extraction.names import is_chinese_name

_SCRIPT_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d[-/]\d\d?[-/]\d\d?(?:[ T]\d\d?:\d\d(?::\d\d)?)?|1\d{9}(?:\d{3})?)\b")
_NAMES_A_DATE = re.compile(
    r"(?:publish_?time|pub_?time|pub_?date|publish_?date|create_?time|ori_?create_?time|news_?time|\bct|ptime)[\"']?\s*[:=]\s*[\"']?$",
    re.I,
)
_BEFORE = 40
_MOST_SCRIPT = 200_000


_MOST_AUTHORS = 20
_AUTHOR_CLASS = re.compile(
    r"^(?:article|post|entry|news|js)?[-_]?(?:author|writer|zuozhe)(?:[-_]?(?:name|style))?$", re.I
)
_KINDS = ("QAPage", "DiscussionForumPosting")


@dataclass(frozen=True)
class Stated:
    """What the page says to machines: meta elements and JSON-LD, names lower-cased; page title apart."""

    meta: dict[str, str]
    linked: dict[str, Any]
    page_title: str
    script_dates: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    """Of elements marked as the time of publishing."""
    address: str = ""
    """Where the page says it stands: its canonical link or og:url."""
    marked_author: str = ""
    """A name in an element that is marked as the author's by microdata, by a link's relation or by its class."""
    base: str = ""
    """What relative links are seen from, if the page says so."""


def stated(root: Element) -> Stated:
    meta: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = visible_text(element.get("content") or "")
        if name and content:
            meta.setdefault(name.strip().lower(), content)
    titles = [text_of(element) for element in root.iter("title") if text_of(element)]
    scripts = list(root.iter("script"))
    dates = [date for element in scripts for date in _dates_of_script((element.text or "")[:_MOST_SCRIPT])]
    links = {element.get("rel"): element.get("href") or "" for element in root.iter("link")}
    bases = [element.get("href") or "" for element in root.iter("base")]
    return Stated(
        meta,
        _linked_data(scripts),
        titles[0] if titles else "",
        dates,
        _times(root),
        meta.get("og:url") or links.get("canonical", ""),
        _marked_author(root),
        bases[0] if bases else "",
    )


def _dates_of_script(text: str) -> Iterator[str]:
    """What stands behind a name such as publish_time; the numbers are looked for first, for they are fewer than the names."""
    for match in _SCRIPT_DATE.finditer(text):
        if _NAMES_A_DATE.search(text, max(0, match.start() - _BEFORE), match.start()):
            yield match[1]


def _times(root: Element) -> list[str]:
    """What is marked as the time of publishing by microdata or the pubdate attribute; else the only time element."""
    marked = [
        element
        for element in root.iter("time", "span", "div", "p", "abbr", "em", "i")
        if element.get("itemprop") == "datePublished" or element.get("pubdate") is not None
    ]
    elements = marked or list(root.iter("time"))
    if not marked and len(elements) != 1:
        return []
    return [element.get("datetime") or element.get("content") or text_of(element) for element in elements[:1]]


def names_in(said: Any, depth: int = 4) -> list[str]:
    """Names of the people that JSON states as authors: a text, an object with a name, or lists of these.

    schema.org allows all of them (https://schema.org/author); organisations write nothing.
    """
    if not depth:
        return []
    if isinstance(said, list):
        return [name for each in said[:_MOST_AUTHORS] for name in names_in(each, depth - 1)]
    if not isinstance(said, dict):
        return [visible_text(said)] if isinstance(said, str) and said.strip() else []
    if said.get("@type") == "Organization":
        return []
    whole = said.get("name") or said.get("@value") or f"{said.get('familyName') or ''}{said.get('givenName') or ''}"
    return names_in(whole, depth - 1)


def _marked_author(root: Element) -> str:
    """The first short one of these elements that holds a Chinese name; of several different ones none: they are comments."""
    found = []
    for element in root.iter("span", "a", "div", "em", "p", "td", "li", "i", "strong", "b"):
        if (
            element.get("itemprop") == "author"
            or element.get("rel") == "author"
            or _AUTHOR_CLASS.search(element.get("class") or "")
        ):
            name = text_of(element) if len(element) < _MOST_AUTHORS else ""
            if is_chinese_name(name):
                found.append(name)
    return found[0] if len(set(found)) == 1 else ""


def _linked_data(scripts: list[Element]) -> dict[str, Any]:
    """The first JSON-LD object that describes an article (https://schema.org/Article), else nothing."""
    for element in scripts:
        if "ld+json" not in (element.get("type") or ""):
            continue
        try:
            data = json.loads(element.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for entry in _objects(data):
            if (
                "headline" in entry
                or "datePublished" in entry
                or "articleBody" in entry
                or entry.get("@type") in _KINDS
            ):
                return entry
    return {}


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    for entry in data if isinstance(data, list) else [data]:
        if isinstance(entry, dict):
            yield entry
            graph = entry.get("@graph")
            if isinstance(graph, list):
                yield from (part for part in graph if isinstance(part, dict))
