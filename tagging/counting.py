"""The words of many texts counted at once: every word has a number, and what it weighs stands under it in arrays.

Text by text, in Python, the same takes longer: each word is then looked up in one large table for every weight it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Chosen = npt.NDArray[np.bool_]
Table = npt.NDArray[np.int16]

_NUMBER_BITS = 21
_PLACE_BITS = 24
"""Text, number and place of a word are packed in one number: sorting numbers is what numpy does fastest."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The different words (or characters) of several texts: an entry in every array for each, text by text.

    `number` is the word's; `place` where it stands first among all words of all texts; `times` how often it stands in its
    text; `text` whose it is. The entries of a text lie between two `bounds`.
    """

    number: Numbers
    place: Numbers
    times: Numbers
    text: Numbers
    bounds: Numbers

    def sums(self, rows: Table, chosen: Chosen | None = None) -> Numbers:
        """What the rows of a table under the numbers add up to, a row for each text; of the chosen entries only.

        The last row stands for all numbers from there on.
        """
        taken = rows[np.minimum(self.number, len(rows) - 1)]
        return sums_between(taken if chosen is None else taken * chosen[:, None], self.bounds)


@dataclass(frozen=True, slots=True)
class CountedWords(Counted):
    words: Sequence[str]
    """Every word of all texts, in order, as often as it stands there."""
    begins: Numbers
    """Where an entry's word begins for the first time, in characters of its text."""
    ends: Numbers

    def of(self, text: int) -> set[str]:
        """The different words of one text."""
        low, high = self.bounds[text : text + 2].tolist()
        return {self.words[place] for place in self.place[low:high].tolist()}


class WordNumbers:
    """Words and their numbers. One that has none gets one for as long as its texts are counted."""

    def __init__(self, words: Iterable[str]) -> None:
        """The words are numbered in this order: what is asked for all the time should lie close together."""
        self._numbers = {word: number for number, word in enumerate(dict.fromkeys(words))}

    def __len__(self) -> int:
        return len(self._numbers)

    def count(self, texts: Sequence[Sequence[str]]) -> CountedWords:
        """Counts texts that are cut into words."""
        words = list(chain.from_iterable(texts))
        number = np.fromiter(map(self._numbers.get, words, repeat(-1)), np.int64, len(words))
        known, others = len(self), dict[str, int]()
        unknown = np.flatnonzero(number < 0)
        number[unknown] = [others.setdefault(words[place], known + len(others)) for place in unknown.tolist()]
        lengths = np.array([len(text) for text in texts], np.int64)
        counted = count(number, lengths)
        ends = np.concatenate(([0], np.cumsum(np.fromiter(map(len, words), np.int64, len(words)))))
        before = ends[np.cumsum(lengths) - lengths][counted.text]
        return CountedWords(
            counted.number,
            counted.place,
            counted.times,
            counted.text,
            counted.bounds,
            words,
            ends[counted.place] - before,
            ends[counted.place + 1] - before,
        )


def count(number: Numbers, lengths: Numbers) -> Counted:
    """Counts the numbers of several texts, which lie one behind the other."""
    texts = np.arange(len(lengths))
    packed = (np.repeat(texts, lengths) << _NUMBER_BITS | number) << _PLACE_BITS | np.arange(len(number))
    packed.sort()
    own = packed >> _PLACE_BITS
    first = np.flatnonzero(np.diff(own, prepend=-1))
    own, place = own[first], packed[first] & ((1 << _PLACE_BITS) - 1)
    text = own >> _NUMBER_BITS
    return Counted(
        number=own & ((1 << _NUMBER_BITS) - 1),
        place=place,
        times=np.diff(first, append=len(number)),
        text=text,
        bounds=np.searchsorted(text, np.arange(len(lengths) + 1)),
    )


def sums_between(rows: npt.NDArray[np.integer | np.bool_], bounds: Numbers) -> Numbers:
    """The sums of the rows between each two bounds."""
    total = np.zeros((len(rows) + 1, *rows.shape[1:]), np.int64)
    np.cumsum(rows, axis=0, out=total[1:])
    sums: Numbers = total[bounds[1:]] - total[bounds[:-1]]
    return sums
