"""What words and characters say about a text's form, by weights learnt from labelled texts (kind_words.txt)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import repeat

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
    chars: AbstractSet[str]
    shape: Mapping[str, float]


class FormWeights:
    """The weights of news, science and debunk against other, which is 0.

    Three weights are kept in one number, so that a text's sum is one pass in C: it is asked for every text.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._packed: dict[str, dict[str, int]] = {place: {} for place in PLACES}
        self._shape: dict[str, tuple[float, ...]] = {}
        self._leaning: dict[Kind, dict[str, float]] = {form: {} for form in FORMS}
        for line in lines:
            place, mark, *weights = line.split()
            values = tuple(map(float, weights))
            if place == "shape":
                self._shape[mark] = values
            else:
                self._packed[place][mark] = _pack([round(_UNIT * value) for value in values])
                self._note(mark, values)

    def _note(self, mark: str, values: Sequence[float]) -> None:
        """Words that clearly lean to one form are shown to people."""
        mean = sum(values) / len(FORMS)
        for form, value in zip(FORMS, (*values, 0.0), strict=True):
            if len(mark) > 1 and value - mean >= _CLEARLY:
                self._leaning[form][mark] = max(value - mean, self._leaning[form].get(mark, 0.0))

    def points(self, marks: Marks) -> dict[Kind, float]:
        """Form → points; the highest is the likeliest."""
        sums = [0.0, 0.0, 0.0]
        for mark, value in marks.shape.items():
            if value and mark in self._shape:
                for place, weight in enumerate(self._shape[mark]):
                    sums[place] += value * weight
        for name, found in (("word", marks.words), ("title", marks.title), ("char", marks.chars)):
            if found:
                factor = SHARES[name] / math.sqrt(len(found)) / _UNIT
                total = sum(map(self._packed[name].get, found, repeat(0)))
                for place, value in enumerate(_unpack(total)):
                    sums[place] += factor * value
        return dict(zip(FORMS, (*sums, 0.0), strict=True))

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


def _unpack(total: int) -> list[int]:
    values = []
    for _ in FORMS[:-1]:
        value = ((total + _HALF) & _MASK) - _HALF
        values.append(value)
        total = (total - value) >> _BITS
    return values
