"""Names of places as they stand in a text: which strings are names, before anybody asks of which area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tagging.areas import AreaName, Areas
from tagging.document import Letters, plain_words
from tagging.matching import Found
from tagging.words import Words

_PLACES, _OURS = "names of places", "names of our own places"
_MOST = 300
"""So many names of places are looked at in one text; a text with more is a list."""
_WINDOW = 12
_FULL = ("省", "市", "县", "区", "州", "旗", "乡", "镇")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name of a place: of ours (`area`), or of a province elsewhere (`province`)."""

    name: str
    start: int
    end: int
    area: AreaName | None
    province: str | None


class MentionReader:
    """Finds the names; words that only look like one (落叶松原始林) and names inside longer ones are left out."""

    def __init__(self, areas: Areas, letters: Letters, words: Words) -> None:
        own = plain_words((area.name for area in areas.names), letters)
        self._own = dict(zip(own, areas.names, strict=True))
        self._elsewhere = dict(zip(plain_words(areas.elsewhere, letters), areas.elsewhere.values(), strict=True))
        self._cut = words
        ours = {name for name, area in self._own.items() if area.kind != "not_place"}
        self.lists = {_PLACES: {*self._own, *self._elsewhere}, _OURS: ours}

    def read(self, found: Found) -> list[Mention]:
        """The mentions in order, none overlapping another."""
        chosen: list[Mention] = []
        for mention in sorted(self._candidates(found), key=lambda each: (each.start, -each.end)):
            if len(chosen) >= _MOST:
                break
            if (not chosen or mention.start >= chosen[-1].end) and self._stands_alone(found.document.text, mention):
                chosen.append(mention)
        return chosen

    def none_of_ours(self, found: Found) -> bool:
        """Whether no string stands in the text that could name a place of ours: so it is with most texts."""
        return not found.among(_OURS)

    def in_name(self, text: str) -> list[Mention]:
        """The mentions in a short name like that of a source, the longest names first."""
        names = [name for name in (*self._own, *self._elsewhere) if name in text]
        spans = [self._mention(name, text.find(name)) for name in sorted(names, key=len, reverse=True)]
        return [mention for mention in spans if mention.area is None or mention.area.kind != "not_place"]

    def _candidates(self, found: Found) -> list[Mention]:
        return [self._mention(name, start) for name in found.among(_PLACES) for start in found.at(name)[:_MOST]]

    def _mention(self, name: str, start: int) -> Mention:
        return Mention(name, start, start + len(name), self._own.get(name), self._elsewhere.get(name))

    def _stands_alone(self, text: str, mention: Mention) -> bool:
        """Whether no word of the dictionary crosses the border of a short name of ours."""
        if mention.area is None or mention.area.kind == "not_place" or is_full(mention.name) or len(mention.name) > 3:
            return True
        low = _back_to_mark(text, mention.start)
        edges = self._cut.edges(text[low : mention.end + _WINDOW])
        return mention.start - low in edges and mention.end - low in edges


def is_full(name: str) -> bool:
    """Whether a name says itself what kind of area it is: 长春市, not 长春."""
    return len(name) > 2 and name.endswith(_FULL)


def _back_to_mark(text: str, start: int) -> int:
    low = max(0, start - _WINDOW)
    return max(low, max(text.rfind(mark, low, start) for mark in ",。;:、!?\n ") + 1)


def list_length(mentions: Sequence[Mention], at: int, gap: int = 25) -> int:
    """How many different places elsewhere stand in one run with this mention, no more than `gap` characters apart."""
    names: set[str] = set()
    for step in (1, -1):
        here = at
        while 0 <= here + step < len(mentions):
            left, right = sorted((here, here + step))
            if mentions[right].start - mentions[left].end > gap:
                break
            here += step
            if mentions[here].province is not None:
                names.add(mentions[here].name)
    return len(names)
