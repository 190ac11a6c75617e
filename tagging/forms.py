"""What words and characters say about a text's form, by weights learnt from labelled texts (kind_words.txt)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import repeat
from sys import intern

from tagging.shapes import Kind

FORMS: tuple[Kind, ...] = ("news", "science", "debunk", "other")
PLACES = ("word", "title", "char", "shape")
"""Where a mark stands: a word of the text, a word of its title, a character; or a shape, a measure of the whole text."""
SHARES = {"word": 1.0, "title": 0.7, "char": 0.7}
"""What all marks of a place weigh together, whatever their number: their sum is divided by its square root."""
_CLEARLY = 0.4
"""How much more than on average a word must weigh for a form to be shown as its evidence."""
_UNIT = 100
_BITS = 20
_HALF = 1 << (_BITS - 1)
_MASK = (1 << _BITS) - 1


@dataclass(frozen=True, slots=True)
class Marks:
    """All that is looked at in one text."""

    words: AbstractSet[str]
    title: AbstractSet[str]
    chars: AbstractSet[int]
    """Their numbers in Unicode: taken out of a text in less time than the characters themselves."""
    shape: Mapping[str, float]


class FormWeights:
    """The weights of news, science and debunk against other, which is 0.

    Three weights are kept in one number, so that a text's sum is one pass in C: it is asked for every text.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: dict[str, int] = {}
        self._title: dict[str, int] = {}
        self._chars: dict[int, int] = {}
        self._shape: dict[str, tuple[float, ...]] = {}
        self._leaning: dict[Kind, dict[str, float]] = {form: {} for form in FORMS}
        for line in lines:
            place, mark, *weights = line.split()
            values = tuple(map(float, weights))
            if place == "shape":
                self._shape[mark] = values
                continue
            packed = _pack([round(_UNIT * value) for value in values])
            if place == "char":
                self._chars[ord(mark)] = packed
                continue
            listed = self._words if place == "word" else self._title
            listed[intern(mark)] = packed
            self._note(intern(mark), values)

    def _note(self, mark: str, values: Sequence[float]) -> None:
        """Words that clearly lean to one form are shown to people."""
        mean = sum(values) / len(FORMS)
        for form, value in zip(FORMS, (*values, 0.0), strict=True):
            if len(mark) > 1 and value - mean >= _CLEARLY:
                self._leaning[form][mark] = max(value - mean, self._leaning[form].get(mark, 0.0))

    def points(self, marks: Marks) -> dict[Kind, float]:
        """Form → points; the highest is the likeliest."""
        news = science = debunk = 0.0
        for mark, value in marks.shape.items():
            if value and mark in self._shape:
                weights = self._shape[mark]
                news += value * weights[0]
                science += value * weights[1]
                debunk += value * weights[2]
        for share, number, total in (
            (SHARES["word"], len(marks.words), sum(map(self._words.get, marks.words, repeat(0)))),
            (SHARES["title"], len(marks.title), sum(map(self._title.get, marks.title, repeat(0)))),
            (SHARES["char"], len(marks.chars), sum(map(self._chars.get, marks.chars, repeat(0)))),
        ):
            if total:
                factor = share / math.sqrt(number) / _UNIT
                first, second, third = _unpack(total)
                news += factor * first
                science += factor * second
                debunk += factor * third
        return {"news": news, "science": science, "debunk": debunk, "other": 0.0}

    def strongest(self, marks: Marks, form: Kind, most: int = 3) -> list[str]:
        """The words that speak most clearly for a form rather than for the others."""
        leaning = self._leaning[form]
        return sorted(leaning.keys() & marks.words, key=lambda word: (-leaning[word], word))[:most]


@lru_cache(maxsize=1)
def form_weights() -> FormWeights:
    """The weights that ship (benchmarks/kind_words.py made the file)."""
    with files("tagging").joinpath("kind_words.txt").open(encoding="utf-8") as lines:
        next(lines)
        return FormWeights(lines)


def _pack(values: list[int]) -> int:
    return sum(value << (_BITS * place) for place, value in enumerate(values))


def _unpack(total: int) -> tuple[int, int, int]:
    first = ((total + _HALF) & _MASK) - _HALF
    total = (total - first) >> _BITS
    second = ((total + _HALF) & _MASK) - _HALF
    total = (total - second) >> _BITS
    return first, second, ((total + _HALF) & _MASK) - _HALF
