"""How rare words are: inverse document frequencies of our own counts, with jieba's table for what we have not seen."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from tagging.cutting import jieba_folder

_SHARE = 0.5
"""jieba's table counts as half as many texts as ours: it knows more words, ours are nearer to what is collected."""
_MOST_REMEMBERED = 50_000


class Rarity(dict[str, float]):
    """Word → inverse document frequency (natural logarithm). Of a word nobody counted that of a middling one.

    What is no content word (stop words, single characters, numbers, Latin) is 0. Itself it holds the words of our own
    counts, the commonest first, so that what is asked for all the time lies close together in memory; a word of
    jieba's table or of none is looked for once and then remembered.
    """

    def __init__(self, stop: Iterable[str]) -> None:
        self._beyond = _jieba_table()
        self.middling = sorted(self._beyond.values())[len(self._beyond) // 2]
        number, ours = _own_counts()
        beside = number * _SHARE
        self._unseen = math.log1p(number / beside)
        for word, count in ours.items():
            expected = beside * math.exp(-self._beyond.get(word, self.middling))
            self[word] = math.log((number + beside) / (count + expected))
        self.update(dict.fromkeys(stop, 0.0))
        self._room = len(self) + _MOST_REMEMBERED

    def __missing__(self, word: str) -> float:
        value = self._beyond.get(word, self.middling) + self._unseen if is_word(word) else 0.0
        if len(self) < self._room:
            self[word] = value
        return value


def is_word(word: str) -> bool:
    return len(word) > 1 and not word.isascii() and any(char.isalpha() for char in word)


@lru_cache(maxsize=1)
def _jieba_table() -> dict[str, float]:
    parts = (jieba_folder() / "analyse/idf.txt").read_text(encoding="utf-8").split()
    return dict(zip(parts[::2], map(float, parts[1::2]), strict=True))


def _own_counts() -> tuple[int, dict[str, int]]:
    """How many texts were counted, and in how many of them each word stood, the commonest first.

    benchmarks/word_counts.py made the file.
    """
    with files("tagging").joinpath("word_counts.txt").open(encoding="utf-8") as lines:
        next(lines)
        number = int(next(lines))
        found: dict[str, int] = {}
        for line in reversed(lines.readlines()):
            count, *words = line.split()
            found |= dict.fromkeys(words, int(count))
    return number, found
