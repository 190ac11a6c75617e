"""Words of a text: cut apart, their borders, and the ones that mark it (keywords)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import accumulate

from tagging.cutting import Cutter, cutter
from tagging.document import MAX_TITLE, Document, offset_factor
from tagging.rarity import Rarity

_KEYWORD_CHARS = 1_500
"""Keywords come from the beginning of a long text; later pages repeat its words or speak of other things."""
_LOOKED_AT = 24
"""So many of the heaviest words are weighed by their place as well."""
_HEAD = 1.5
_REMEMBERED = 20_000
_REPEATED = tuple(1 + math.log(max(1, count)) for count in range(_KEYWORD_CHARS + MAX_TITLE + 2))


class Words:
    """One dictionary with the words of the lists kept whole. Cutting changes nothing in it but a memo."""

    def __init__(self, whole: Iterable[str], stop: Iterable[str], engine: Cutter | None = None) -> None:
        self._whole = frozenset(whole)
        self._engine = engine or cutter()
        self._engine.add(sorted(self._whole))
        self._rarity = Rarity(stop)
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

    def first_words(self, document: Document) -> list[str]:
        """Every word of the title and the beginning of the body, in order."""
        return self._engine.cut(beginning(document))

    def keywords(
        self, document: Document, words: Iterable[str], named: Iterable[str], most: int = 12
    ) -> tuple[tuple[str, float], ...]:
        """The words that mark this text, heaviest first, weights 0…1, of its first `words`.

        `named` are things found whole (places, days).
        """
        text = beginning(document)
        heads = document.heads
        head = text[: heads[0][1]] if len(heads) == 1 else "\n".join([text[low:high] for low, high in heads])
        weights = {
            word: weight * (_HEAD if word in head else offset_factor(text.find(word) - document.body_start))
            for weight, word in self._heaviest(Counter(words))
        }
        for word in filter(self.is_content, named):
            count = min(max(1, text.count(word)), _KEYWORD_CHARS)
            weights[word] = max(weights.get(word, 0.0), self._rarity[word] * _REPEATED[count] * _HEAD)
        ranked = sorted([(-weight, word) for word, weight in weights.items()])
        top = ranked[0][0] if ranked else 1.0
        chosen: list[tuple[str, float]] = []
        heavier = ""
        for weight, word in ranked:
            if word not in heavier:  # a word that stands inside a heavier one (气象台 in 中央气象台) says nothing more
                heavier += f"\n{word}"
                chosen.append((word, round(weight / top, 3)))
                if len(chosen) == most:
                    break
        return tuple(chosen)

    def _heaviest(self, counted: Mapping[str, int]) -> list[tuple[float, str]]:
        """The heaviest words by rarity and number alone, in any order."""
        rarity = self._rarity
        weighed = [
            (rare * _REPEATED[count], word)
            for word, count in counted.items()
            if len(word) > 1 and (rare := rarity[word])
        ]
        if len(weighed) > _LOOKED_AT:
            weighed.sort(reverse=True)
        return weighed[:_LOOKED_AT]


def beginning(document: Document) -> str:
    """The title and as much of the body as says what a text is about."""
    return document.text[: document.body_start + _KEYWORD_CHARS]
