"""The chosen part of a page as clean HTML: what was left out of the text is left out here too."""

from __future__ import annotations

import re

from lxml import html as lxml_html

from connectors.base import PictureRef
from connectors.extraction.blocks import Element, Run, cut_out, is_unseen, text_of
from connectors.extraction.paging import is_pager_line
from connectors.extraction.pictures import absolute_url, settle
from connectors.extraction.sanitise import sanitise
from connectors.extraction.tables import is_data

_EMPTY = re.compile(
    r"<tr>(?:\s*<t[dh]>\s*</t[dh]>)+\s*</tr>|<(p|div|section|span|li|ul|ol|h[1-6]|strong|b|em|i|u|a|tr|tbody|table|figure|blockquote|dl|dd|dt)>\s*</\1>"
)
_BREAKS = re.compile(r"(?:<br>\s*){3,}")
_INDENT = re.compile(r"(<(?:p|div|br|li|td|h[1-6])[^>]*>)(?:\s|&nbsp;|\u3000)+")
_BOXES = frozenset({"div", "section", "article", "center", "main"})
_SHELLS = re.compile(r"</?span>")
_ROWS = frozenset({"tbody", "thead", "tfoot", "tr"})
_WHOLE = frozenset({"table", "ul", "ol", "dl", "pre"})
_WITHIN_LINE = frozenset(
    {"a", "b", "strong", "em", "i", "u", "s", "span", "font", "sub", "sup", "br", "ruby", "rt", "rp"}
)

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
    for link in list(content.iter("a")):
        if link is not content and next(link.iter("img"), None) is None and not text_of(link):
            cut_out(link)
            continue
        target = absolute_url(link.get("href") or "", base)
        if target:
            link.set("href", target)
        elif "href" in link.attrib:
            del link.attrib["href"]
    content = _boxed(_core(content))
    _unrule(content)
    return _tidy(sanitise(lxml_html.tostring(content, encoding="unicode"))), pictures


def _without_thumbnails(content: Element, dropped: list[Run]) -> None:
    """Takes out the pictures that belong to links to other articles: nothing but such a link stands in the box around one."""
    links = {
        element
        for run in dropped
        if run.link_chars * 2 > run.chars and run.chars >= _NAMED and not is_pager_line(run)
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


def _boxed(content: Element) -> Element:
    """The content as one div; a table, the rows of one, a list and lines set by hand stay what they are, within it."""
    content.tail = None
    if content.tag in _ROWS:
        content = _around("table", content)
    if content.tag in _WHOLE:
        return _around("div", content)
    content.tag = "div"
    return content


def _around(tag: str, element: Element) -> Element:
    box = element.makeelement(tag)
    box.append(element)
    return box


def _unrule(content: Element) -> None:
    """Makes paragraphs and boxes of the tables that only lay out: one cell in each row, or the whole text in no table of data."""
    for table in content.findall(".//table"):
        parts = [each for each in table if each.tag in _ROWS]
        rows = [each for part in parts for each in ([part] if part.tag == "tr" else part.findall("tr"))]
        cells = [[cell for cell in each if cell.tag in ("td", "th")] for each in rows]
        one_each = all(len(row) <= 1 and all(cell.tag == "td" for cell in row) for row in cells)
        alone = table.getparent() is content and len(content) == 1
        if not one_each and (not alone or is_data(table)):
            continue
        for each in (table, *parts, *rows):
            each.tag = "div"
        for cell in (each for row in cells for each in row):
            cell.tag = "p" if all(each.tag in _WITHIN_LINE for each in cell.iterchildren()) else "div"


def _tidy(html: str) -> str:
    """Without empty elements and without the shells that carried only styles."""
    html = _INDENT.sub(r"\1", _SHELLS.sub("", html))
    for _ in range(4):
        html, count = _EMPTY.subn("", html)
        if not count:
            break
    return _BREAKS.sub("<br><br>", html).strip()
