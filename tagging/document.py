"""A text made ready for matching: one string, plain forms, and the way back to the places in the original."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tagging.shapes import Evidence, TaggedText

MAX_TITLE = 500
MAX_BODY = 60_000
"""Longer texts are tagged by their beginning: what stands later than some twenty pages in does not say what a text is about."""

_HEAD_REACH = 200
_HEAD = re.compile(r"【[^【】\n]{2,60}】|#[^#\s]{2,40}#")

# Zero-width and direction marks, soft hyphen, variation selectors: used to hide words from filters, or left by editors.
_INVISIBLE = frozenset(
    "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\ufeff\u202a\u202b\u202c\u202d\u202e"
)
_SELECTORS = frozenset(chr(code) for code in range(0xFE00, 0xFE10))
_DROPPED = _INVISIBLE | _SELECTORS


def letters(traditional: Mapping[str, str]) -> dict[int, int]:
    """The table that turns every character into its plain form, one for one, so that places keep their numbers."""
    table = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    table |= {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
    table |= {code: code - 0xFEE0 + 32 for code in range(0xFF21, 0xFF3B)}
    table |= dict.fromkeys(range(55296, 57344), 65533)  # halves of a pair have no UTF-8 form
    table[0x3000] = table[0x00A0] = ord(" ")
    table |= {ord(old): ord(new) for old, new in traditional.items()}
    return table


def plain(text: str, table: dict[int, int]) -> str:
    """A word of a list in the form in which documents are matched."""
    return "".join(char for char in text if char not in _DROPPED).translate(table)


@dataclass(frozen=True, slots=True)
class Document:
    """Title and body in one plain string, joined by a line end; `title_end` is where the title stops.

    `title` and `body` are what they were made of; the places say where a character of the plain form stood there.
    """

    text: str
    title: str
    body: str
    title_end: int
    body_start: int
    title_places: tuple[int, ...] | None
    body_places: tuple[int, ...] | None
    heads: tuple[tuple[int, int], ...]
    """The title and what stands in 【】 or between # in the first lines: what the writer says it is about."""

    def in_head(self, start: int) -> bool:
        return any(low <= start < high for low, high in self.heads)

    def evidence(self, start: int, word: str) -> Evidence:
        """A match at `start` as it is written in the text that came in (MH370, 長春), and where it stands there."""
        if start < self.title_end:
            source, places, at, field = self.title, self.title_places, start, "title"
        else:
            source, places, at, field = self.body, self.body_places, start - self.body_start, "text"
        if places is None:
            return Evidence(source[at : at + len(word)], field, at)
        spot = places[at : at + len(word)]
        return Evidence(source[spot[0] : spot[-1] + 1], field, spot[0])


def read(item: TaggedText, table: dict[int, int]) -> Document:
    """Makes a document of title and text."""
    own_title, own_body = item.title[:MAX_TITLE], item.text[:MAX_BODY]
    title, title_places = _visible(own_title)
    body, body_places = _visible(own_body)
    title = title.translate(table).replace("\n", " ")
    body = body.translate(table)
    joint = "\n" if title else ""
    start = len(title) + len(joint)
    heads = ((0, len(title)), *((start + low, start + high) for low, high in _heads(body[:_HEAD_REACH])))
    return Document(title + joint + body, own_title, own_body, len(title), start, title_places, body_places, heads)


def _heads(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _HEAD.finditer(text))


def _visible(text: str) -> tuple[str, tuple[int, ...] | None]:
    if not any(char in text for char in _DROPPED):
        return text, None
    kept = [place for place, char in enumerate(text) if char not in _DROPPED]
    return "".join(text[place] for place in kept), tuple(kept)


def place_factor(document: Document, start: int) -> float:
    """What stands in the title or the first lines says more about what a text is about."""
    if document.in_head(start):
        return 1.5
    offset = start - document.body_start
    return 1.15 if offset < 120 else 1.0 if offset < 500 else 0.6
