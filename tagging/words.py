"""Segmentation and keywords: an own jieba tokenizer and its table of word rarity."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from itertools import islice

from tagging.document import Document, place_factor

_KEYWORD_CHARS = 12_000
"""Keywords come from the beginning of a long text; later pages repeat its words or speak of other things."""


class Words:
    """A tokenizer of our own. jieba's module-level functions share one dictionary: a word added there leaks everywhere.

    The dictionary is read straight from the package; jieba's own way writes a cache into the system's temporary folder.
    """

    def __init__(self, whole: Iterable[str], stop: Iterable[str]) -> None:
        import jieba  # here, not above: a fifth of a second that commands without a tagger need not pay

        self._tokenizer = jieba.Tokenizer()
        with files("jieba").joinpath("dict.txt").open("rb") as dictionary:
            self._tokenizer.FREQ, self._tokenizer.total = self._tokenizer.gen_pfdict(dictionary)
        self._tokenizer.initialized = True
        whole = tuple(whole)
        for word in whole:
            self._tokenizer.add_word(word, freq=2000)
        self._whole = frozenset(whole)
        self._stop = frozenset(stop)
        self._rarity = rarity()
        self._median = sorted(self._rarity.values())[len(self._rarity) // 2]

    def cut(self, text: str) -> list[str]:
        return list(self._tokenizer.cut(text))

    def fine_cut(self, text: str) -> list[str]:
        """Words, those of four characters that are two words (发射成功) taken apart."""
        return [part for word in self.cut(text) for part in self._halves(word)]

    def _halves(self, word: str) -> tuple[str, ...]:
        halves = (word[:2], word[2:])
        known = all(self._tokenizer.FREQ.get(half, 0) > 0 for half in halves)
        return halves if len(word) == 4 and known and word not in self._whole else (word,)

    def edges(self, text: str) -> set[int]:
        """The places where a word begins or ends, by the dictionary alone."""
        at, edges = 0, {0}
        for word in self._tokenizer.cut(text, HMM=False):
            at += len(word)
            edges.add(at)
        return edges

    def rarity_of(self, word: str) -> float:
        """Inverse document frequency; of a word nobody counted, that of a middling one."""
        return self._rarity.get(word, self._median)

    def is_content(self, word: str) -> bool:
        return len(word) > 1 and word not in self._stop and not word.isascii() and any(char.isalpha() for char in word)

    def keywords(self, document: Document, named: Iterable[str], most: int = 12) -> tuple[tuple[str, float], ...]:
        """The words that mark this text, heaviest first, weights 0…1. `named` are things found whole (places, days)."""
        text = document.text[: document.body_start + _KEYWORD_CHARS]
        counts: Counter[str] = Counter()
        best: dict[str, float] = {}
        at = 0
        for word in self._tokenizer.cut(text):
            if self.is_content(word):
                counts[word] += 1
                best[word] = max(best.get(word, 0.0), place_factor(document, at))
            at += len(word)
        for word in dict.fromkeys(named):
            counts[word] = max(counts[word], text.count(word))
            best[word] = max(best.get(word, 0.0), 1.5)
        weights = {
            word: self.rarity_of(word) * (1 + math.log(count)) * best[word] for word, count in counts.items() if count
        }
        ranked = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
        top = ranked[0][1] if ranked else 1.0
        chosen = (pair for pair in ranked if not _part_of_better(pair[0], ranked))
        return tuple((word, round(weight / top, 3)) for word, weight in islice(chosen, most))


@lru_cache(maxsize=1)
def rarity() -> dict[str, float]:
    """jieba's table of inverse document frequencies; read once, since it never changes."""
    with files("jieba").joinpath("analyse/idf.txt").open(encoding="utf-8") as lines:
        pairs = (line.rstrip("\n").rpartition(" ") for line in lines)
        return {word: float(value) for word, _, value in pairs if word}


def _part_of_better(word: str, ranked: list[tuple[str, float]]) -> bool:
    """A word that stands inside a heavier one (气象台 in 中央气象台) says nothing more."""
    for other, _ in ranked[:30]:
        if other == word:
            return False
        if word in other:
            return True
    return False
