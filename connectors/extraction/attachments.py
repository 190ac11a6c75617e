"""Files that an article links to: notices of offices stand in them more often than on the page itself."""

from __future__ import annotations

import re
from itertools import islice
from typing import Literal
from urllib.parse import unquote, urlsplit

from connectors.base import Attachment
from connectors.extraction.blocks import Element, text_of
from connectors.extraction.furniture import is_boiler
from connectors.extraction.pictures import absolute_url

Kind = Literal["pdf", "doc", "xls", "ppt", "zip"]
_ENDINGS: dict[Kind, str] = {
    "pdf": "pdf ofd caj",
    "doc": "doc docx wps rtf",
    "xls": "xls xlsx csv et",
    "ppt": "ppt pptx dps pps",
    "zip": "zip rar 7z gz tar",
}
_KINDS = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}
_ENDING = re.compile(r"\.([a-z0-9]{2,4})$", re.I)
_NEAR = 6
_BOX = re.compile(r"download|attach|fujian|xiazai|annex", re.I)
_DOWNLOAD = re.compile(r"download|attach|fujian|file(?:name|path)?=", re.I)


def attachments_of(content: Element, base: str) -> tuple[Attachment, ...]:
    """Of the article and of the box around it, in the order of the page, each address once."""
    found: dict[str, Attachment] = {}
    for link in _box_around(content).iter("a"):
        if any(_is_elsewhere(parent) for parent in islice(link.iterancestors(), _NEAR)):
            continue
        url = absolute_url(link.get("href") or "", base)
        name = (text_of(link) or link.get("title") or "").strip()
        if url and (kind := _kind(url, name)):
            found.setdefault(url, Attachment(name=(name or _file_name(url))[:200], url=url, kind=kind))
    return tuple(found.values())


def _is_elsewhere(element: Element) -> bool:
    """Whether an element is a menu, a footer or a list of other articles; a box for downloads is none of these."""
    return is_boiler(element) and not _BOX.search(f"{element.get('class') or ''} {element.get('id') or ''}")


def _box_around(content: Element) -> Element:
    """The list of files often stands below the text, in a box of its own: at most three steps up, never the whole page."""
    box = content
    for parent in islice(content.iterancestors(), 3):
        if parent.tag in ("body", "html"):
            break
        box = parent
    return box


def _kind(url: str, name: str) -> Kind | None:
    """By the ending of the address; of a download script's address, by the file's name in it or on the page."""
    parts = urlsplit(url)
    texts = [parts.path, *(parts.query.split("&") if parts.query else [])]
    if _DOWNLOAD.search(f"{parts.path}?{parts.query}"):
        texts.append(name)
    endings = (match[1].lower() for text in texts if (match := _ENDING.search(unquote(text).strip())))
    return next((_KINDS[ending] for ending in endings if ending in _KINDS), None)


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path).rsplit("/", 1)[-1] or url
