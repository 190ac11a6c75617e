"""A page as a list of text runs: what stands between two block borders, with its links and punctuation counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TypeAlias

from lxml import etree, html

from connectors.extraction.depth import flattened

Element: TypeAlias = etree._Element

_INVISIBLE = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "applet",
        "svg",
        "canvas",
        "math",
        "select",
        "option",
        "button",
        "input",
        "textarea",
        "head",
        "meta",
        "link",
        "title",
        "map",
        "area",
        "audio",
        "video",
        "source",
        "track",
        "dialog",
        # how a character is read, set above it
        "rt",
        "rp",
    ]
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "marquee",
    ]
)
_UNCLOSED = frozenset({"button", "iframe", "object", "video", "audio", "canvas", "map", "embed", "select", "option"})
_SEVERAL = 3
_LINE = 200
_PICTURED = frozenset({"img", "picture"})
UNDISPLAYED = re.compile(r"display\s*:\s*none", re.I)
"""Not `visibility`: pages fade their text in with it."""
_STOPS = re.compile(r"[，。；？！…]|[,;?!](?=\D|$)")
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_SPACE = re.compile(r"[\s\u3000\xa0]+")
_UNPRINTED = "\x00-\x08\x0e-\x1b\x7f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_JOINED = "\u0600-\u0fff\u1800-\u18af\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
"""Emoji, and the scripts whose letters join or part by a mark that is not seen itself."""
_SOME_UNPRINTED = re.compile(f"[{_UNPRINTED}\u200c\u200d]")
_ALL_UNPRINTED = re.compile(f"[{_UNPRINTED}]|(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])")
_POWER = re.compile(r"[+\-−]?\d{1,3}")
_HAS_POWER = re.compile(r"[A-Za-z\d)）℃]\s*$")
_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ENDS = re.compile(r"</(?:body|html)\s*>", re.I)
"""Put into the middle of a page by an inserted header, they would end it there for the parser."""
_FLOOD = re.compile(
    r"""<([a-z][^\s<>/]*+)[\s/]++"""
    r"""(?:(?:[^\s<>"'=/]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s<>"']++))?+|[<"'=])[\s/]*+){200,}+[^>]*+>?""",
    re.I,
)
"""A start tag of hundreds of attributes loses them: the parser compares each with each, for hours on a small page."""
_WAY_BACK = re.compile(r"\s*返回.{2,6}[,，]\s*查看更多\s*")
_BACK_AT_END = re.compile(r"(?<=[。！？…”」])\s*+返回\w{2,6}[,，]\s*查看更多(?:\s*责任编辑\s?[:：]\s?\w{0,8})?\s*$")
_LONG_WORD = re.compile(r"[A-Za-z0-9]{3,}")


@dataclass(slots=True)
class Node:
    """An element in document order; `parent` is an index into the same list, -1 for the root."""

    element: Element
    parent: int
    end: int = 0
    """Index after the last descendant."""
    value: float = 0.0
    mass: float = 0.0
    """The worth of its sentences alone, without what links and loose words take away."""
    chars: int = 0
    link_chars: int = 0
    stops: int = 0


@dataclass(slots=True)
class Run:
    """Text between two block borders. `chars` counts a Chinese character as one and a Latin word as two."""

    node: int
    text: str
    chars: int
    link_chars: int
    stops: int
    pieces: list[tuple[Element, bool]] = field(default_factory=list)
    """Where the text stands: (element, whether it is the element's tail)."""
    no_text: bool | None = None
    """Whether it is a tool of the page or the like, once somebody has asked."""


def parse(text: str) -> Element:
    """The tree of a page; never fails on a malformed one. An empty page gives an empty body."""
    readable = _FLOOD.sub(r"<\1>", _ENDS.sub("", _CONTROL.sub("", text)))
    root, whole = _tree(readable)
    # the parser stops where a page nests too deeply and would leave its text out
    return root if whole else _tree(flattened(readable, _BLOCKS))[0]


def _tree(text: str) -> tuple[Element, bool]:
    """The tree, and whether the parser read to the end."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return html.document_fromstring("<html><body></body></html>"), _read_on(parser)
    return root, _read_on(parser)


def _read_on(parser: html.HTMLParser) -> bool:
    return all(entry.type != etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log)


def plain(text: str) -> str:
    """The same text, character by character, with full-width letters, digits and punctuation made half-width."""
    return _plain_line(text) if len(text) <= _LINE else text.translate(_HALF)


@lru_cache(maxsize=8192)
def _plain_line(text: str) -> str:
    """Every rule asks for the same lines of a page again."""
    return text.translate(_HALF)


def elements(root: Element, path: str, **values: str) -> list[Element]:
    """The elements at an XPath, whose `$name`s are `values`; strings and numbers at it are left out."""
    found = etree.XPath(path)(root, **values)
    return [each for each in found if isinstance(each, etree._Element)] if isinstance(found, list) else []


def printed(text: str) -> str:
    """Without the characters that nobody sees: they stand within words, by accident or against copying."""
    return _ALL_UNPRINTED.sub("", text) if _SOME_UNPRINTED.search(text) else text


def visible_text(text: str) -> str:
    return _SPACE.sub(" ", printed(text)).strip()


def text_of(element: Element) -> str:
    """All text of an element, blanks collapsed."""
    return visible_text("".join(str(text) for text in element.itertext()))


def cut_out(element: Element) -> None:
    """Takes an element out of its tree and leaves what follows it in place."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def weight(text: str) -> int:
    """Length in characters, a Latin word or a number counted as two and blanks not at all."""
    return len(_SPACE.sub("", _LONG_WORD.sub("xx", text)))


def _swallowed(element: Element) -> bool:
    """Whether an element that was never closed took in what follows it: `<button/>` holds the rest of the page."""
    return element.tag in _UNCLOSED and len(element) > 0 and sum(1 for _ in element.iter("p", "div")) >= _SEVERAL


_WAY_BACK_LONGEST = 120
_LAST_PIECES = 5
_FEW = 200
"""Elements within what is sprinkled over a text. Whoever nests more of them is not looked through level by level."""


def is_unseen(element: Element) -> bool:
    """Whether words within a line are not shown: what a page sprinkles over its text against copying, or keeps for machines."""
    style = element.get("style")
    if element.get("hidden") is None and not (style and UNDISPLAYED.search(style)):
        return False
    # what holds blocks was never closed, and pictures wait for a script to show them
    below = list(islice(element.iter(), _FEW))
    return len(below) < _FEW and not any(each.tag in _BLOCKS or each.tag in _PICTURED for each in below)


class _Walk:
    """Builds nodes and runs in one pass without recursion: pages nest a thousand levels deep."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.runs: list[Run] = []
        self._pieces: list[tuple[Element, bool]] = []
        self._texts: list[tuple[str, bool]] = []
        self._links = 0

    def walk(self, root: Element) -> None:
        stack: list[tuple[Element, int, bool]] = [(root, -1, False)]
        blocks: list[int] = []
        while stack:
            element, parent, leaving = stack.pop()
            if leaving:
                self._leave(element, parent, blocks)
                continue
            index = self._enter(element, parent, blocks)
            if index is None:
                self._add(element, True)
                continue
            stack.append((element, index, True))
            stack.extend((child, index, False) for child in reversed(element))
        self._flush(0)

    def _enter(self, element: Element, parent: int, blocks: list[int]) -> int | None:
        tag = element.tag
        if not isinstance(tag, str) or (tag in _INVISIBLE and not _swallowed(element)) or is_unseen(element):
            return None
        index = len(self.nodes)
        self.nodes.append(Node(element, parent))
        if tag in _BLOCKS:
            self._flush(blocks[-1] if blocks else 0)
            if tag != "br":
                blocks.append(index)
        elif tag == "a":
            self._links += 1
        self._add(element, False)
        return index

    def _leave(self, element: Element, index: int, blocks: list[int]) -> None:
        tag = element.tag
        self.nodes[index].end = len(self.nodes)
        if tag in _BLOCKS and tag != "br":
            self._flush(blocks.pop())
        elif tag == "a":
            self._links -= 1
        self._add(element, True)

    def _add(self, element: Element, tail: bool) -> None:
        text = element.tail if tail else element.text
        if text and "查看更多" in text and _WAY_BACK.fullmatch(text):
            # set behind the last sentence by the platform, in its paragraph
            if tail:
                element.tail = None
            else:
                element.text = None
        elif text:
            raised = element.tag == "sup" and not tail and self._is_power(text)
            self._texts.append((text.translate(_RAISED) if raised else text, self._links > 0))
            self._pieces.append((element, tail))

    def _is_power(self, text: str) -> bool:
        """Whether raised figures change what the figures or the unit before them mean, as in 10³; others are notes."""
        before = self._texts[-1][0] if self._texts else ""
        return bool(_POWER.fullmatch(text.strip()) and _HAS_POWER.search(before[-_LAST_PIECES:]))

    def _without_way_back(self) -> None:
        """The way back stands behind the last sentence, in one piece or several."""
        found = _BACK_AT_END.search("".join(text for text, _ in self._texts)[-_WAY_BACK_LONGEST:])
        too_much = len(found[0]) if found else 0
        while too_much > 0:
            (text, linked), (element, tail) = self._texts.pop(), self._pieces.pop()
            left = text[:-too_much] if too_much < len(text) else ""
            too_much -= len(text)
            if tail:
                element.tail = left or None
            else:
                element.text = left or None
            if left:
                self._texts.append((left, linked))
                self._pieces.append((element, tail))

    def _flush(self, block: int) -> None:
        if not self._texts:
            return
        if any("查看更多" in text for text, _ in self._texts[-_LAST_PIECES:]):
            self._without_way_back()
        text = "".join(text for text, _ in self._texts)
        lines = text.splitlines() if self.nodes[block].element.tag == "pre" else [text]
        text = "\n".join(line for each in lines if (line := visible_text(each)))
        if text:
            linked = "".join(text for text, linked in self._texts if linked)
            links = weight(linked) if linked else 0
            run = Run(block, text, weight(text), links, len(_STOPS.findall(text)), self._pieces)
            self.runs.append(run)
            self._pieces = []
        else:
            self._pieces = []
        self._texts = []


def blocks_of(root: Element) -> tuple[list[Node], list[Run]]:
    """Nodes in document order and the text runs of everything that is shown."""
    walk = _Walk()
    walk.walk(root)
    return walk.nodes, walk.runs


def ancestors(nodes: list[Node], index: int) -> Iterator[int]:
    """The node itself and everything above it."""
    while index >= 0:
        yield index
        index = nodes[index].parent
