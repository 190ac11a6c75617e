"""The chosen part of a page as clean HTML: what was left out of the text is left out here too."""

from __future__ import annotations

import re

from lxml import html as lxml_html

from connectors.base import PictureRef
from connectors.extraction.blocks import Element, Run, cut_out, is_unseen, text_of
from connectors.extraction.pictures import absolute_url, settle
from connectors.extraction.sanitise import sanitise

_EMPTY = re.compile(
    r"<tr>(?:\s*<t[dh]>\s*</t[dh]>)+\s*</tr>|<(p|div|section|span|li|ul|ol|h[1-6]|strong|b|em|i|u|a|tr|tbody|table|figure|blockquote|dl|dd|dt)>\s*</\1>"
)
_BREAKS = re.compile(r"(?:<br>\s*){3,}")
_INDENT = re.compile(r"(<(?:p|div|br|li|td|h[1-6])[^>]*>)(?:\s|&nbsp;|\u3000)+")
_BOXES = frozenset({"div", "section", "article", "center", "main"})
_SHELLS = re.compile(r"</?span>")


_NAMED = 8


def render(content: Element, dropped: list[Run], base: str) -> tuple[str, tuple[PictureRef, ...]]:
    """Sanitised HTML and the pictures in it. Changes the tree: it is of no use afterwards."""
    for run in dropped:
        for element, tail in run.pieces:
            if tail:
                element.tail = None
            else:
                element.text = None
    _without_thumbnails(content, dropped)
    for element in [each for each in content.iterdescendants() if is_unseen(each)]:
        cut_out(element)
    pictures = settle(content, base)
    for link in content.iter("a"):
        target = absolute_url(link.get("href") or "", base)
        if target:
            link.set("href", target)
        elif "href" in link.attrib:
            del link.attrib["href"]
    content = _core(content)
    content.tail = None
    content.tag = "div"
    return _tidy(sanitise(lxml_html.tostring(content, encoding="unicode"))), pictures


def _without_thumbnails(content: Element, dropped: list[Run]) -> None:
    """Takes out the pictures that belong to links to other articles: nothing but such a link stands in the box around one."""
    links = {
        element
        for run in dropped
        if run.link_chars * 2 > run.chars and run.chars >= _NAMED
        for element, _ in run.pieces
    }
    if not links:
        return
    known: dict[Element, bool | None] = {}
    for image in list(content.iter("img")):
        for around in (image, *image.iterancestors()):
            if around not in known:
                said = bool(text_of(around))
                known[around] = False if said else True if any(each in links for each in around.iter()) else None
            if around is content or known[around] is not None:
                break
        if known[around] and around is not content:
            cut_out(image)


def _core(content: Element) -> Element:
    """The innermost box that still holds everything."""
    while len(content) == 1 and content[0].tag in _BOXES and not (content.text or "").strip():
        if (content[0].tail or "").strip():
            break
        content = content[0]
    return content


def _tidy(html: str) -> str:
    """Without empty elements and without the shells that carried only styles."""
    html = _INDENT.sub(r"\1", _SHELLS.sub("", html))
    for _ in range(4):
        html, count = _EMPTY.subn("", html)
        if not count:
            break
    return _BREAKS.sub("<br><br>", html).strip()
