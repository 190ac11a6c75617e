"""Whether a science piece could be hung on a hot topic, told from the words of topics that were filed under science."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

_SURE = 1.5
"""The weight at which about one topic of three was filed under science or health; of all topics one in a hundred was."""


def angle(words: Iterable[str], share: float) -> float:
    """0…1 for the content words of a topic; `share` is how much science the word lists see in it.

    A word's weight is the logarithm of how many times more often than any topic one with this word is of science.
    """
    known = _weights()
    different = set(words)
    told = sum(known.get(word, 0.0) for word in different) / math.sqrt(1 + len(different))
    learnt = 1 / (1 + math.exp(_SURE - told - share))
    # half of what the lists say stands in any case: space flight is filed under society
    return round(max(learnt, share / 2), 3)


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    """Word → weight (benchmarks/angle_words.py made the file)."""
    found: dict[str, float] = {}
    with files("tagging").joinpath("angle_words.txt").open(encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            weight, *words = line.split()
            found |= dict.fromkeys(words, float(weight))
    return found
