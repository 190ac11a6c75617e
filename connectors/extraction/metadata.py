"""What a page says to machines: meta elements, JSON-LD, microdata, and times in its scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from connectors.extraction.blocks import Element, text_of, visible_text

_SCRIPT_DATE = re.compile(
    r"""(?:publish_?time|pub_?time|pub_?date|publish_?date|create_?time|ori_?create_?time|news_?time|\bct|ptime)["']?\s*[:=]\s*["']?"""
    r"""((?:19|20)\d\d[-/]\d\d?[-/]\d\d?(?:[ T]\d\d?:\d\d(?::\d\d)?)?|1\d{9}(?:\d{3})?)\b""",
    re.I,
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
    dates = [match[1] for element in scripts for match in _SCRIPT_DATE.finditer((element.text or "")[:200_000])]
    links = {element.get("rel"): element.get("href") or "" for element in root.iter("link")}
    bases = [element.get("href") or "" for element in root.iter("base")]
    return Stated(
        meta,
        _linked_data(scripts),
        titles[0] if titles else "",
        dates,
        _times(root),
        meta.get("og:url") or links.get("canonical", ""),
        bases[0] if bases else "",
    )


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
