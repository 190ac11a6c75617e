"""Weighted terms: which of a table's words count in a document, where, and how much."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tagging.document import Document, Letters, place_factor, plain, plain_words
from tagging.lexicon import TermGroup
from tagging.matching import Cover, Found, Spans, begins_between
from tagging.shapes import Evidence
from tagging.words import Words

_SHORT = 3
_AROUND = 6
_HEADLINE = 1.5001
"""No place makes a word weigh more (place_factor); a little above it, for sums are rounded."""


class Hit(NamedTuple):
    """A term of a key that counts, with all the places where it does."""

    word: str
    weight: float
    starts: tuple[int, ...]
    longer: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Term:
    key: str
    weight: float
    needs: tuple[str, ...]
    need_sets: tuple[str, ...]
    near: int
    excludes: frozenset[str]
    longer: frozenset[str] = frozenset()
    """Words of the same key that hold this one."""


class Terms:
    """The terms of one table, ready to be looked up by word."""

    def __init__(self, table: str, groups: Iterable[TermGroup], letters: Letters, words: Words | None = None) -> None:
        """With `words`, a short term that cuts a word of the dictionary in two (坐[着火]车) does not count."""
        self._name = f"terms of {table}"
        self._cut = words
        self._terms: dict[str, list[_Term]] = {}
        self.words: set[str] = set()
        for group in groups:
            if group.table == table:
                self._add(group, letters)
        self.lists = {self._name: self._terms.keys()}
        self._note_longer()
        self._most = {
            word: _HEADLINE * sum([max(0.0, term.weight) for term in terms]) for word, terms in self._terms.items()
        }

    def _add(self, group: TermGroup, letters: Letters) -> None:
        needs = tuple(plain(need, letters) for need in group.needs if not need.startswith("@"))
        sets = tuple(need[1:] for need in group.needs if need.startswith("@"))
        excludes = plain_words(group.excludes, letters)
        words = plain_words(group.words, letters)
        self.words.update(words, excludes, needs)
        for word in words:
            around = frozenset(phrase for phrase in excludes if word in phrase)
            self._terms.setdefault(word, []).append(_Term(group.key, group.weight, needs, sets, group.near, around))

    def _note_longer(self) -> None:
        by_key: dict[str, list[str]] = defaultdict(list)
        for word, terms in self._terms.items():
            for key in {term.key for term in terms}:
                by_key[key].append(word)
        listed = {key: "\n".join(words) for key, words in by_key.items()}
        for word, terms in self._terms.items():
            for place, term in enumerate(terms):
                if listed[term.key].count(word) > 1:
                    longer = frozenset(other for other in by_key[term.key] if word in other and word != other)
                    terms[place] = replace(term, longer=longer)

    def hits(self, found: Found, masks: Spans = ()) -> dict[str, list[Hit]]:
        """Key → the terms that count. A word inside a longer word of the same key does not count again."""
        counted: dict[str, list[Hit]] = defaultdict(list)
        for word in found.among(self._name):
            for term in self._terms[word]:
                if starts := self._starts(word, term, found, masks):
                    counted[term.key].append(Hit(word, term.weight, starts, term.longer))
        return {key: _longest(hits) if len(hits) > 1 else hits for key, hits in counted.items()}

    def at_most(self, found: Found) -> float:
        """What the words of the table that stand in a text can weigh together, if all of them count in its headline."""
        return sum(
            [self._most[word] * (1 + 0.2 * math.log2(len(found.places[word]))) for word in found.among(self._name)]
        )

    def _starts(self, word: str, term: _Term, found: Found, masks: Spans) -> tuple[int, ...]:
        starts: Sequence[int] = found.places[word]
        if term.needs or term.need_sets or term.excludes or masks:
            starts = _counting(word, term, found, masks)
        if self._cut is None or len(word) > _SHORT:
            return tuple(starts)
        return tuple(start for start in starts if self._whole(word, start, found))

    def _whole(self, word: str, start: int, found: Found) -> bool:
        assert self._cut is not None  # the caller asks only where there is one
        text, end = found.document.text, start + len(word)
        low = max(0, start - _AROUND)
        edges = self._cut.edges(text[low : end + _AROUND])
        first, last = start - low, end - low
        inner = not edges.isdisjoint(range(first + 1, last))
        # crossed on one side and cut inside: half of it belongs to another word
        return not inner or (first in edges and last in edges)


def _counting(word: str, term: _Term, found: Found, masks: Spans) -> Sequence[int]:
    """The places of a word where nothing longer takes it up and what it needs is near."""
    places = found.places[word]
    needs = [need for need in term.needs if need in found.places and need != word]
    sets = [name for name in term.need_sets if name in found.listed]
    needy = bool(term.needs or term.need_sets)
    if needy and not (needs or sets):
        return ()
    spans = [*masks, *found.spans(term.excludes)] if term.excludes else masks
    length, near = len(word), term.near
    if spans:
        barred = Cover(spans)
        places = [start for start in places if not barred.holds(start, start + length)]
    if not needy or not near:
        return places
    around = [*map(found.at, needs), *map(found.of, sets)]
    return [
        start for start in places if any(begins_between(each, start - near, start + length + near) for each in around)
    ]


def _longest(hits: list[Hit]) -> list[Hit]:
    """Drops places covered by a longer word; of one word listed twice the heavier entry stays."""
    hits.sort(key=lambda each: (-len(each.word), -each.weight))
    kept: list[Hit] = []
    taken: dict[str, tuple[int, ...]] = {}
    for hit in hits:
        over = (
            [word for word in taken if word in hit.longer or word == hit.word]
            if hit.longer or hit.word in taken
            else []
        )
        starts = _uncovered(hit, over, taken) if over else hit.starts
        if starts:
            kept.append(hit._replace(starts=starts) if over else hit)
            taken[hit.word] = tuple(sorted((*taken[hit.word], *starts))) if hit.word in taken else starts
    return kept


def _uncovered(hit: Hit, over: Sequence[str], taken: Mapping[str, Sequence[int]]) -> tuple[int, ...]:
    """The places of a word that lie in none of the words over it. Those stand in order, and are as long or longer."""
    length = len(hit.word)
    return tuple(
        start for start in hit.starts if not any(_covers(taken[word], len(word) - length, start) for word in over)
    )


def _covers(starts: Sequence[int], longer: int, start: int) -> bool:
    """Whether one of the starts is at most so many characters before a place."""
    before = bisect_right(starts, start)
    return before > 0 and starts[before - 1] >= start - longer


def mass(document: Document, hits: Iterable[Hit]) -> float:
    """The weight of hits together: a repeated word counts more, but ever less so."""
    weight = 0.0
    for _, own, starts, _ in hits:
        if len(starts) == 1:
            weight += own * place_factor(document, starts[0])
        else:
            own *= max([place_factor(document, start) for start in starts[:3]])
            weight += own * (1 + 0.2 * math.log2(len(starts)))
    return weight


def evidence(document: Document, hits: Sequence[Hit], most: int = 8) -> tuple[Evidence, ...]:
    """The heaviest hits with their first places, in the order of the text."""
    heaviest = sorted(hits, key=lambda hit: (-hit.weight * len(hit.starts), hit.starts[0]))[:most]
    return tuple(document.evidence(hit.starts[0], hit.word) for hit in sorted(heaviest, key=lambda hit: hit.starts[0]))


def capped(hits: Mapping[str, Sequence[Hit]], cap: float) -> dict[str, float]:
    """Key → the sum of its weights, each word once, up to a cap."""
    return {key: min(cap, sum(hit.weight for hit in found)) for key, found in hits.items()}
