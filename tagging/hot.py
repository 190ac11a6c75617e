"""Which topics of a hot list a text is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tagging.document import Document, Letters, plain
from tagging.shapes import HotTag, HotTopic
from tagging.words import Words

_NEEDED = 0.6
"""So much of a topic's weight must be found in the text,"""
_COVERED = 0.5
"""and words for so much of its length."""
_RARE = 6.0
"""At least one of the words found must be rarer than this (inverse document frequency)."""
_TELLING = 8.0
_MOST = 10


@dataclass(frozen=True, slots=True)
class PreparedTopic:
    """A topic with its words and their weights, and its own science angle.

    `telling`: the topic itself is not just a common word (歌手) that any text may hold.
    """

    topic: HotTopic
    whole: str
    words: tuple[tuple[str, float], ...]
    science: float
    telling: bool


def prepare(
    topics: Sequence[HotTopic], words: Words, letters: Letters, science: Callable[[HotTopic], float]
) -> tuple[PreparedTopic, ...]:
    """The topics made ready once for many texts."""
    prepared = []
    for topic in topics:
        whole = plain(topic.topic, letters).strip("# ")
        parts = dict.fromkeys(word for word in words.fine_cut(whole) if words.is_content(word) or _is_name(word))
        if whole and parts:
            weights = tuple((word, words.rarity_of(word)) for word in parts)
            telling = len(whole) > 3 or max(weight for _, weight in weights) >= _TELLING
            prepared.append(PreparedTopic(topic, whole, weights, science(topic), telling))
    return tuple(prepared)


def match(document: Document, topics: Sequence[PreparedTopic]) -> tuple[HotTag, ...]:
    """The topics the text is about, best first."""
    tags = [tag for topic in topics if (tag := _match(document, topic))]
    return tuple(sorted(tags, key=lambda tag: -tag.score)[:_MOST])


def _match(document: Document, prepared: PreparedTopic) -> HotTag | None:
    text = document.text
    at = text.find(prepared.whole)
    if at >= 0:
        return _tag(document, prepared, 1.0, [(at, prepared.whole)]) if prepared.telling else None
    places = [(start, word, weight) for word, weight in prepared.words if (start := text.find(word)) >= 0]
    if len(places) < 2 or max(weight for _, _, weight in places) < _RARE:
        return None
    weights = sum(weight for _, _, weight in places) / sum(weight for _, weight in prepared.words)
    letters = sum(len(word) for _, word, _ in places) / len(prepared.whole)
    if letters < _COVERED:
        return None
    score = weights * (1.0 if min(start for start, _, _ in places) < document.title_end + 400 else 0.7)
    return _tag(document, prepared, score, [(start, word) for start, word, _ in places]) if score >= _NEEDED else None


def _tag(document: Document, prepared: PreparedTopic, score: float, places: Sequence[tuple[int, str]]) -> HotTag:
    shown = tuple(document.evidence(start, word) for start, word in sorted(places))
    return HotTag(prepared.topic.topic, round(score, 3), prepared.topic.trend, prepared.science, shown)


def _is_name(word: str) -> bool:
    """Latin names and numbers with letters (c919, mh370) mark a topic as well as Chinese words do."""
    return len(word) > 1 and word.isascii() and word.isalnum() and not word.isdigit()
