"""A text made ready for matching: one string, plain forms, and the way back to the places in the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from sys import intern
from typing import NamedTuple

from tagging.shapes import Evidence, TaggedText

MAX_TITLE = 500
MAX_BODY = 60_000
"""Longer texts are tagged by their beginning: what stands later than some twenty pages in does not say what a text is about."""

FIRST_LINES = 120
_HEAD_REACH = 200
_HEAD = re.compile(r"【[^【】\n]{2,60}】|#[^#\s]{2,40}#")

# Zero-width and direction marks, soft hyphen, variation selectors: used to hide words from filters, or left by editors.
_INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\ufeff"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f"
)
_SELECTORS = frozenset(chr(code) for code in range(0xFE00, 0xFE10))
_DROPPED = _INVISIBLE | _SELECTORS
_UNSEEN = "".join(sorted(_DROPPED)) + " \n\t\u3000"


_LOOKALIKES = (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00))
"""Radicals and compatibility characters: text copied out of a PDF has them where the character itself is meant (⽕灾)."""
_RADICALS = dict(
    zip(
        "⺠⺟⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰",
        "民母虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙",
        strict=True,
    )
)
"""Those that Unicode itself does not call the same."""
_COMMON = tuple((chr(ord(mark) + 0xFEE0), mark) for mark in ",:!?();")
"""Full-width marks of which every text is full: replaced one by one, which is faster than looking each character up."""
_MANY = 30
"""Up to so many different characters are replaced one by one as well."""


class Letters(dict[int, int]):
    """The table that turns every character into its plain form, one for one, so that places keep their numbers."""

    def __init__(self, table: Mapping[int, int]) -> None:
        super().__init__(table)
        common = {ord(wide) for wide, _ in _COMMON}
        rare = "".join(chr(code) for code in sorted({*table} - common) if not 0xD800 <= code < 0xE000)
        self._rare = re.compile("[" + re.escape(rare) + "\ud800-\udfff]")
        self._dropped = re.compile("[" + "".join(sorted(_DROPPED)) + "]")

    def read(self, text: str) -> tuple[str, tuple[int, ...] | None]:
        """The plain form, and where each of its characters stood; None where all stand where they stood."""
        if not text:
            return text, None
        places = None
        if self._dropped.search(text):
            places = tuple(place for place, char in enumerate(text) if char not in _DROPPED)
            text = "".join([text[place] for place in places])
        for wide, mark in _COMMON:
            text = text.replace(wide, mark)
        odd = set(self._rare.findall(text))
        if len(odd) > _MANY:
            return text.translate(self), places
        for char in odd:
            text = text.replace(char, chr(self[ord(char)]))
        return text, places


def letters(traditional: Mapping[str, str]) -> Letters:
    """The table for one list of traditional characters."""
    table = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    table |= {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
    table |= {code: code - 0xFEE0 + 32 for code in range(0xFF21, 0xFF3B)}
    table |= dict.fromkeys(range(55296, 57344), 65533)  # halves of a pair have no UTF-8 form
    table[0x3000] = table[0x00A0] = ord(" ")
    older = {ord(old): ord(new) for old, new in traditional.items()}
    for code in _LOOKALIKES:
        meant = _RADICALS.get(chr(code)) or unicodedata.normalize("NFKC", chr(code))
        if len(meant) == 1 and ord(meant) != code:
            table[code] = older.get(ord(meant), ord(meant))
    return Letters(table | older)


def plain(text: str, table: Letters) -> str:
    """A word of a list in the form in which documents are matched."""
    return table.read(text)[0]


def plain_words(words: Iterable[str], table: Letters) -> list[str]:
    """The same for all words of a list in one go. A word that stands in many lists is kept once: it is found sooner."""
    return [intern(word) for word in plain("\0".join(words), table).split("\0")] if (words := list(words)) else []


class Document(NamedTuple):
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
        for low, high in self.heads:  # noqa: SIM110 - asked for every word found; a loop takes half as long
            if low <= start < high:
                return True
        return False

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


def read(item: TaggedText, table: Letters) -> Document:
    """Makes a document of title and text."""
    own_title, own_body = _cut(item.title, MAX_TITLE), _cut(item.text, MAX_BODY)
    title, title_places = table.read(own_title)
    body, body_places = table.read(own_body)
    title = title.replace("\n", " ")
    start = len(title) + 1 if title else 0
    heads = ((0, len(title)), *((start + low, start + high) for low, high in _heads(body[:_HEAD_REACH])))
    text = f"{title}\n{body}" if title else body
    return Document(text, own_title, own_body, len(title), start, title_places, body_places, heads)


def _cut(text: str, most: int) -> str:
    """The beginning of a text. Invisible marks in front of it, however many, do not push the text out."""
    return text[: len(text) - len(text.lstrip(_UNSEEN)) + most] if text[:1] in _DROPPED else text[:most]


def _heads(text: str) -> Iterator[tuple[int, int]]:
    if "【" in text or "#" in text:
        yield from (match.span() for match in _HEAD.finditer(text))


def place_factor(document: Document, start: int) -> float:
    """What stands in the title or the first lines says more about what a text is about."""
    return 1.5 if document.in_head(start) else offset_factor(start - document.body_start)


def offset_factor(offset: int) -> float:
    """The same for a place outside the headlines, counted from the beginning of the body."""
    return 1.15 if offset < FIRST_LINES else 1.0 if offset < 500 else 0.6
