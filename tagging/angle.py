"""Whether a science piece could be hung on a hot topic, told from the words of topics that were filed under science.

Titles of health and science are made of turns that no dictionary cuts alike (越睡越困, 比熬夜更伤), so pairs of characters count as words do.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

_SURE = 1.5
"""The weight at which about one topic of three was filed under science or health; of all topics one in a hundred was."""

_LISTED = 0.5
_OF_A_HAZARD = 0.32
"""A science piece belongs to every emergency, wherever a hot list files it (事故 and 天气 stand under society there)."""
_ASKED_OF_A_HAZARD = 0.5
_ASKS = re.compile("如何|怎么|怎样|为什么|为何|多[长久远高]|自救|避险|防范|预防|注意|提醒|科普")
_READ = 150
"""So many characters of a topic with its description are read in pairs."""
_RUN = re.compile("[\u4e00-\u9fff]{2,}")


def marks(text: str, words: Iterable[str]) -> set[str]:
    """What a topic is judged by: its content words, and its pairs of Chinese characters in a row."""
    pairs = {first + second for run in _RUN.findall(text[:_READ]) for first, second in pairwise(run)}
    return pairs.union(words)


def least(topic: str, hazard: bool) -> float:
    """What the angle of a topic is at least, 0…1; the more of a hazard's where it asks how or why."""
    if not hazard:
        return 0.0
    return _ASKED_OF_A_HAZARD if _ASKS.search(topic) else _OF_A_HAZARD


def angle(marks: Iterable[str], share: float) -> float:
    """0…1 for the marks of a topic; `share` is how much science the word lists see in it.

    A mark's weight is the logarithm of how many times more often than any topic one with this mark is of science.
    """
    known = _weights()
    different = set(marks)
    told = sum(known.get(word, 0.0) for word in different) / math.sqrt(1 + len(different))
    learnt = 1 / (1 + math.exp(_SURE - told - share / 2))
    # a part of what the lists say stands in any case: space flight is filed under society
    return round(max(learnt, share * _LISTED), 3)


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    """Mark → weight (benchmarks/angle_words.py made the file)."""
    found: dict[str, float] = {}
    with files("tagging").joinpath("angle_words.txt").open(encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            weight, *words = line.split()
            found |= dict.fromkeys(words, float(weight))
    return found
