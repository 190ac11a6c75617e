"""Words of a text: cut apart, their borders, and the ones that mark it (keywords)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from heapq import nlargest
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from tagging.counting import Chosen, CountedWords, Numbers, WordNumbers
from tagging.cutting import Cutter, cutter
from tagging.document import FIRST_LINES, MAX_TITLE, Document, offset_factor
from tagging.rarity import Rarity

_KEYWORD_CHARS = 1_500
"""Keywords come from the beginning of a long text; later pages repeat its words or speak of other things."""
_LOOKED_AT = 24
"""So many of the heaviest words are weighed by their place as well."""
_HEAD = 1.5
_REMEMBERED = 20_000
_REPEATED = np.array([1 + math.log(max(1, count)) for count in range(_KEYWORD_CHARS + MAX_TITLE + 2)])
_SIGNS = (*map(chr, (9, 10, *range(0x20, 0x7F))), *map(str, range(10, 100)))
"""They stand in every text, so they are numbered once and for all."""
_ROUGH, _ROUGH_BITS = 1 << 16, 32

Weights = npt.NDArray[np.float64]
Keywords = tuple[tuple[str, float], ...]
_Weighed = tuple[float, str, int]
"""A word's weight, the word, and where it begins for the first time."""


class Words:
    """One dictionary with the words of the lists kept whole. Cutting changes nothing in it but a memo."""

    def __init__(
        self, whole: Iterable[str], stop: Iterable[str], engine: Cutter | None = None, weighed: Iterable[str] = ()
    ) -> None:
        """`weighed`: words that others weigh, who want them to have the first numbers."""
        self._whole = frozenset(whole)
        self._engine = engine or cutter()
        self._engine.add(sorted(self._whole))
        self._rarity = Rarity(stop)
        known = tuple(dict.fromkeys((*weighed, *self._rarity, *_SIGNS)))
        self._numbers = WordNumbers(known)
        self._rarities_known = np.array([*map(self._marking, known), 0.0])
        self.edges = lru_cache(maxsize=_REMEMBERED)(
            self._edges
        )  # the same few words stand around a name again and again

    def cut(self, text: str) -> list[str]:
        return self._engine.cut(text)

    def fine_cut(self, text: str) -> list[str]:
        """Words, those of four characters that are two words (发射成功) taken apart."""
        return [part for word in self.cut(text) for part in self._halves(word)]

    def _halves(self, word: str) -> tuple[str, ...]:
        if len(word) != 4 or word in self._whole:
            return (word,)
        halves = (word[:2], word[2:])
        return halves if all(map(self._engine.has, halves)) else (word,)

    def _edges(self, text: str) -> frozenset[int]:
        """The places where a word begins or ends, by the dictionary alone."""
        return frozenset(accumulate(map(len, self._engine.cut(text, False)), initial=0))

    def rarity_of(self, word: str) -> float:
        """Inverse document frequency; of a word nobody counted, and of a Latin name, that of a middling one."""
        return self._rarity[word] or self._rarity.middling

    def is_content(self, word: str) -> bool:
        return self._rarity[word] > 0

    def weight_in_event(self, word: str) -> float:
        """How much a word says about which event is meant: Latin names do, numbers are looked at apart."""
        name = len(word) > 1 and word.isascii() and word.isalpha()
        return self._rarity[word] or (self._rarity.middling if name else 0.0)

    def content(self, text: str) -> set[str]:
        return {word for word in self.cut(text) if self._rarity[word]}

    def count(self, texts: Iterable[str]) -> CountedWords:
        """Cuts texts into words and counts them."""
        return self._numbers.count([self._engine.cut(text) for text in texts])

    def keywords(
        self, documents: Sequence[Document], counted: CountedWords, named: Iterable[Iterable[str]]
    ) -> list[Keywords]:
        """The words that mark each text, heaviest first, weights 0…1, of the words `counted` at its beginning.

        `named` are things found whole (places, days).
        """
        return [self._ranked(*each) for each in zip(documents, self._heaviest(counted), named, strict=True)]

    def _ranked(
        self, document: Document, heaviest: Iterable[_Weighed], named: Iterable[str], most: int = 12
    ) -> Keywords:
        """The heaviest words by their places as well."""
        text, start = beginning(document), document.body_start
        heads = document.heads
        head = text[: heads[0][1]] if len(heads) == 1 else "\n".join([text[low:high] for low, high in heads])
        weights = {}
        for weight, word, begins in heaviest:
            if word in head:
                factor = _HEAD
            else:  # looked for only where it matters whether it stands earlier, across the borders of other words
                factor = offset_factor(begins - start if begins - start < FIRST_LINES else text.find(word) - start)
            weights[word] = weight * factor
        for word in filter(self.is_content, named):
            count = min(max(1, text.count(word)), _KEYWORD_CHARS)
            weights[word] = max(weights.get(word, 0.0), self._rarity[word] * float(_REPEATED[count]) * _HEAD)
        ranked = sorted([(-weight, word) for word, weight in weights.items()])
        top = ranked[0][0] if ranked else 1.0
        chosen: list[tuple[str, float]] = []
        heavier = ""
        for weight, word in ranked:
            if word not in heavier:  # a word that stands inside a heavier one (气象台 in 中央气象台) says nothing more
                heavier += f"\n{word}"
                chosen.append((word, round(weight / top * 1000) / 1000))
                if len(chosen) == most:
                    break
        return tuple(chosen)

    def _heaviest(self, counted: CountedWords) -> list[list[_Weighed]]:
        """Of each text the heaviest words by rarity and number alone, with their first places, in any order."""
        weight = self._rarities(counted) * _REPEATED[counted.times]
        kept = np.flatnonzero(weight)
        kept = kept[_among_heaviest(weight[kept], counted.text[kept], len(counted.bounds) - 1)]
        words = [counted.words[place] for place in counted.place[kept].tolist()]
        weighed = list(zip(weight[kept].tolist(), words, counted.begins[kept].tolist(), strict=True))
        bounds = np.searchsorted(kept, counted.bounds).tolist()
        texts = [weighed[low:high] for low, high in pairwise(bounds)]
        return [text if len(text) <= _LOOKED_AT else nlargest(_LOOKED_AT, text) for text in texts]

    def _rarities(self, counted: CountedWords) -> Weights:
        """How rare each word is, 0 where it marks no text."""
        known = len(self._numbers)
        rarities: Weights = self._rarities_known[np.minimum(counted.number, known)]
        unknown = np.flatnonzero(counted.number >= known)
        rarities[unknown] = [self._marking(counted.words[place]) for place in counted.place[unknown].tolist()]
        return rarities

    def _marking(self, word: str) -> float:
        return self._rarity[word] if len(word) > 1 else 0.0


def _among_heaviest(weight: Weights, text: Numbers, texts: int) -> Chosen:
    """Which words can be among the heaviest of their text. Rounded, so that they sort fast: where some weigh alike, a few too many."""
    if not len(weight):
        return np.zeros(0, bool)
    packed = (text << _ROUGH_BITS) - (weight * _ROUGH).astype(np.int64)
    bounds = np.searchsorted(text, np.arange(texts + 1))
    last = np.sort(packed)[np.minimum(bounds[:-1] + _LOOKED_AT, bounds[1:]) - 1]
    among: Chosen = packed <= last[text]
    return among


def beginning(document: Document) -> str:
    """The title and as much of the body as says what a text is about."""
    return document.text[: document.body_start + _KEYWORD_CHARS]
