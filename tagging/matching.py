"""One pass of Aho-Corasick over a document for the words of all lists together, and what stood where."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from ahocorasick_rs import AhoCorasick

from tagging.document import Document, Letters, plain_words
from tagging.lexicon import Lexicon

Spans = Sequence[tuple[int, int]]
_READ_IN_PLACE = frozenset(
    (
        *("graduate", "native", "origin", "place_cue", "street", "street_not", "surname", "town_thing"),
        *("common_word", "place_person", "place_thing", "place_verb", "riverside", "scholar"),
        *("profession", "thing_after", "thing_before"),
    )
)
"""Sets whose words are only looked for beside a name (local.py, asides.py): most are one character, and stand everywhere."""


class Found:
    """The places of every listed word in one document. Words are in their plain form.

    `listed`: under the name of each list of which words stand in the document, those words, in the order in which they
    first ended there. So a rule need not look for its words: it asks for its list, and most lists have none.
    """

    def __init__(
        self,
        document: Document,
        places: Mapping[str, list[int]],
        listed: Mapping[str, list[str]],
        sets: Mapping[str, frozenset[str]],
    ) -> None:
        self.document = document
        self.places = places
        self.listed = listed
        self.sets = sets
        self._merged: dict[str, list[int]] = {}

    def at(self, word: str) -> Sequence[int]:
        """Where a word begins, in order."""
        return self.places.get(word, ())

    def of(self, name: str) -> list[int]:
        """Where any word of a named set begins, in order."""
        if name not in self._merged:
            self._merged[name] = sorted([start for word in self.among(name) for start in self.places[word]])
        return self._merged[name]

    def among(self, name: str) -> Sequence[str]:
        """The words of a list that stand in the document, in the order in which they first ended there."""
        return self.listed.get(name, ())

    def words_of(self, name: str) -> list[tuple[int, str]]:
        """The words of a named set with their places, in order; of two that begin together the longer first."""
        hits = [(start, word) for word in self.among(name) for start in self.places[word]]
        return sorted(hits, key=lambda hit: (hit[0], -len(hit[1])))

    def spans(self, words: Iterable[str]) -> list[tuple[int, int]]:
        """Where those of the words stand that are in the document."""
        places = self.places
        return [(start, start + len(word)) for word in words if word in places for start in places[word]]


def begins_between(starts: Sequence[int], low: int, high: int) -> bool:
    """Whether one of the places, which are in order, lies between two others."""
    index = bisect_left(starts, low)
    return index < len(starts) and starts[index] < high


class Matcher:
    """All words of a lexicon in one automaton. Built once, used for every text."""

    def __init__(
        self, lexicon: Lexicon, letters: Letters, lists: Mapping[str, Iterable[str]], more: Iterable[str] = ()
    ) -> None:
        """`lists`: words in plain form beside those of the lexicon's sets, by names that no set has; `more` need no name."""
        self._sets = {name: frozenset(plain_words(words, letters)) for name, words in lexicon.sets.items()}
        needed = {need[1:] for group in lexicon.groups for need in group.needs if need.startswith("@")}
        words = {word for name in self._sets.keys() - (_READ_IN_PLACE - needed) for word in self._sets[name]}
        words.update(more, *lists.values())
        self._words = sorted(word for word in words if word)
        self._automaton = AhoCorasick(self._words)
        lists_of: dict[str, list[str]] = defaultdict(list)
        for name, own in (*self._sets.items(), *lists.items()):
            for word in own:
                lists_of[word].append(name)
        self._lists_of = [tuple(lists_of.get(word, ())) for word in self._words]

    def find(self, document: Document) -> Found:
        starts: dict[int, list[int]] = defaultdict(list)
        for index, start, _ in self._automaton.find_matches_as_indexes(document.text, overlapping=True):
            starts[index].append(start)
        places: dict[str, list[int]] = {}
        listed: dict[str, list[str]] = defaultdict(list)
        for index, own in starts.items():
            word = self._words[index]
            places[word] = own
            for name in self._lists_of[index]:
                listed[name].append(word)
        return Found(document, places, listed, self._sets)


class Cover:
    """Spans that are asked whether a piece lies within one of them; however many they are, an answer takes a look-up."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._lows = [low for low, _ in ordered]
        self._reach = list(accumulate((high for _, high in ordered), max))

    def holds(self, start: int, end: int) -> bool:
        number = bisect_right(self._lows, start)
        return number > 0 and self._reach[number - 1] >= end
