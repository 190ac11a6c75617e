"""Files that a page shows in a frame instead of linking to them: each gets a link where it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml import etree

from connectors.extraction.blocks import Element
from connectors.extraction.pictures import absolute_url

_FILE = re.compile(r"\.(?:pdf|ofd|docx?|wps|xlsx?|pptx?)$", re.I)
_SHOWS = re.compile(r"""(?:pdf|file|office|viewer|preview)\w{0,40}\s?\(\s?["']([^"'\s]{1,500})["']""", re.I)
"""A call of the software that shows a file, such as showVsbpdfIframe("/__local/1.pdf", …)."""
_SAID = ("src", "data", "data-src", "data-url", "value")
_LONGEST_SCRIPT = 1000
_MOST = 100


def link_shown_files(root: Element, base: str) -> set[Element]:
    """Puts a link with the file's name behind every frame that shows a file, unless the page links to it anyway.

    Gives these links.
    """
    links = set()
    shown = list(islice(root.iter("iframe", "embed", "object", "script"), 10 * _MOST))
    found = [(element, file) for element in shown if (file := next(_files(element, base), ""))]
    linked = {absolute_url(link.get("href") or "", base) for link in root.iter("a")} if found else set()
    for element, file in found[:_MOST]:
        if file not in linked and element.getparent() is not None:
            linked.add(file)
            links.add(_add_link(element, file))
    return links


def _add_link(element: Element, file: str) -> Element:
    link = etree.Element("a", href=file)
    link.text = (element.get("title") or "").strip() or unquote(urlsplit(file).path).rsplit("/", 1)[-1]
    link.tail, element.tail = element.tail, None
    element.addnext(link)
    return link


def _files(element: Element, base: str) -> Iterator[str]:
    """Addresses of files that an element shows, itself or through a viewer that is told of them."""
    if element.tag == "script":
        text = element.text or ""
        said = _SHOWS.findall(text) if len(text) <= _LONGEST_SCRIPT else []
    else:
        said = [value for name in _SAID if (value := element.get(name))]
    for each in said:
        address = absolute_url(each, base)
        parts = urlsplit(address)
        if _FILE.search(unquote(parts.path)):
            yield address
            continue
        told = (value for _, value in parse_qsl(parts.query) if _FILE.search(urlsplit(value).path))
        yield from filter(None, (absolute_url(value, address) for value in told))
