"""Which topics of a hot list a text is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tagging.document import Document, Letters, plain
from tagging.shapes import HotTag, HotTopic
from tagging.topics import JoinedTopic, Wording, join
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
class PreparedLine:
    """A line of a list with its words and their weights.

    `telling`: the topic itself is not just a common word (歌手) that any text may hold.
    """

    wording: Wording
    telling: bool


@dataclass(frozen=True, slots=True)
class PreparedTopic:
    """A topic in the wordings of all lists that have it, and its science angle."""

    joined: JoinedTopic
    lines: tuple[PreparedLine, ...]
    science: float


def prepare(
    topics: Sequence[HotTopic],
    words: Words,
    letters: Letters,
    science: Callable[[HotTopic], float],
    places: Callable[[str], frozenset[str]],
) -> tuple[PreparedTopic, ...]:
    """The topics of all lists made ready once for many texts, the same ones of several lists as one."""
    lines = {topic: line for topic in topics if (line := _line(topic, words, letters, places))}
    joined = join(line.wording for line in lines.values())
    return tuple(
        PreparedTopic(each, tuple(lines[line] for line in each.lines), max(map(science, each.lines))) for each in joined
    )


def _line(
    topic: HotTopic, words: Words, letters: Letters, places: Callable[[str], frozenset[str]]
) -> PreparedLine | None:
    whole = plain(topic.topic, letters).strip("# ")
    parts = dict.fromkeys(word for word in words.fine_cut(whole) if words.is_content(word) or _is_name(word))
    if not whole or not parts:
        return None
    weights = {word: words.rarity_of(word) for word in parts}
    telling = len(whole) > 3 or max(weights.values()) >= _TELLING
    return PreparedLine(Wording(topic, whole, weights, places(whole)), telling)


def match(document: Document, topics: Sequence[PreparedTopic]) -> tuple[HotTag, ...]:
    """The topics the text is about, best first."""
    tags = []
    for topic in topics:
        found = [fit for line in topic.lines if (fit := _match(document, line))]
        if found:
            score, places = max(found, key=lambda fit: fit[0])
            shown = tuple(document.evidence(start, word) for start, word in sorted(places))
            tags.append(HotTag(topic.joined.name, round(score, 3), topic.joined.trend, topic.science, shown))
    return tuple(sorted(tags, key=lambda tag: -tag.score)[:_MOST])


def _match(document: Document, prepared: PreparedLine) -> tuple[float, list[tuple[int, str]]] | None:
    """How well a line fits, and where its words stand."""
    text = document.text
    whole, words = prepared.wording.plain, prepared.wording.words
    at = text.find(whole)
    if at >= 0:
        return (1.0, [(at, whole)]) if prepared.telling else None
    places = [(start, word) for word in words if (start := text.find(word)) >= 0]
    if len(places) < 2 or max(words[word] for _, word in places) < _RARE:
        return None
    if sum(len(word) for _, word in places) / len(whole) < _COVERED:
        return None
    weight = sum(words[word] for _, word in places) / sum(words.values())
    score = weight * (1.0 if min(start for start, _ in places) < document.title_end + 400 else 0.7)
    return (score, places) if score >= _NEEDED else None


def _is_name(word: str) -> bool:
    """Latin names and numbers with letters (c919, mh370) mark a topic as well as Chinese words do."""
    return len(word) > 1 and word.isascii() and word.isalnum() and not word.isdigit()
