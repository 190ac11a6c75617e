"""Files that an article links to: notices of offices stand in them more often than on the page itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Literal
from urllib.parse import unquote, urlsplit

from connectors.base import Attachment
from connectors.extraction.blocks import Element, text_of
from connectors.extraction.furniture import is_boiler
from connectors.extraction.pictures import absolute_url

Kind = Literal["pdf", "doc", "xls", "ppt", "zip", "file"]
_ENDINGS: dict[Kind, str] = {
    "pdf": "pdf ofd caj",
    "doc": "doc docx wps rtf",
    "xls": "xls xlsx csv et",
    "ppt": "ppt pptx dps pps",
    "zip": "zip rar 7z gz tar",
}
_KINDS = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}
_ENDING = re.compile(r"\.([a-z0-9]{2,4})$", re.I)
_MAY_BE_FILE = re.compile(r"\.(?:" + "|".join(_KINDS) + r")(?![a-z0-9])|download|attach|fujian|file", re.I)
_NEAR = 6
_MOST = 100
_LONGEST_SCRIPT = 1000
_SAID = ("data-href", "data-url", "data-file")
_QUOTED = re.compile(r"""['"]([^'"\s]{1,500})['"]""")
_ANNOUNCES = re.compile(r"\W*(?:附件|附：|附:|相关附件|附件下载)")
_BOX = re.compile(r"download|attach|fujian|xiazai|annex", re.I)
_NUMBERED = re.compile(r"(?:download|attach|fujian)[^?]{0,80}\?(?:.{0,80}&)?\w{0,20}id=\w", re.I)
_CALLED_FILE = re.compile(r"附件|[表册单书案稿](?:格|式)?\W*(?:[（(【\[]?\s?(?:点击|点此)?下载\s?[)）】\]]?)?\W*$")
_DOWNLOAD = re.compile(r"download|attach|fujian|file(?:name|path)?=", re.I)


def attachments_of(content: Element, base: str) -> tuple[Attachment, ...]:
    """Of the article and of the box around it, in the order of the page, each address once."""
    found: dict[str, Attachment] = {}
    for _link, file in _files(_box_around(content), base):
        found.setdefault(file.url, file)
    # a page's own box of files may stand further off, and then it says what it is
    for link, file in islice(_files(_whole_page(content), base), _MOST):
        if file.url not in found and _is_announced(link):
            found[file.url] = file
    return tuple(found.values())


def file_links(root: Element, base: str) -> list[Element]:
    """The links to files anywhere on a page but in its menus, its footer and its lists of other articles."""
    return [link for link, _ in islice(_files(root, base), _MOST)]


def _files(box: Element, base: str) -> Iterator[tuple[Element, Attachment]]:
    for link in box.iter("a"):
        name = (text_of(link) or link.get("title") or "").strip()
        for url in _addresses(link, base):
            if kind := _kind(url, name):
                if not any(_is_elsewhere(parent) for parent in islice(link.iterancestors(), _NEAR)):
                    yield link, Attachment(name=(name or _file_name(url))[:200], url=url, kind=kind)
                break


def _addresses(link: Element, base: str) -> Iterator[str]:
    """Where a link leads: by its href, else by what a script is told."""
    script = (link.get("onclick") or "")[:_LONGEST_SCRIPT]
    said = [link.get("href") or "", *(link.get(name) or "" for name in _SAID), *_QUOTED.findall(script)]
    if not any(map(_MAY_BE_FILE.search, said)):
        return iter(())
    return filter(None, (absolute_url(each, base) for each in said if each))


def _whole_page(content: Element) -> Element:
    page = content
    for parent in content.iterancestors():
        page = parent
    return page


def _is_announced(link: Element) -> bool:
    """Whether 附件 stands before a link, in its paragraph or its box."""
    return any(_ANNOUNCES.match(text_of(parent)) for parent in islice(link.iterancestors("p", "li", "td", "div"), 2))


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
    known = next((_KINDS[ending] for ending in endings if ending in _KINDS), None)
    return known or ("file" if _NUMBERED.search(f"{parts.path}?{parts.query}") and _CALLED_FILE.search(name) else None)


def _file_name(url: str) -> str:
    return unquote(urlsplit(url).path).rsplit("/", 1)[-1] or url
