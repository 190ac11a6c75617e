"""Reports in memory, by their words: what a store does with a table, for a stream of texts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable
from typing import Generic, NamedTuple, TypeVar

from tagging.same_event import Outline, is_same_event, likeness

PER_WORD = 30
"""Of the reports with one word, the newest: a common word stands in thousands."""
CANDIDATES = 20

Id = TypeVar("Id", bound=Hashable)


class Nearest(NamedTuple, Generic[Id]):
    """What is most like a text."""

    likeness: float = 0.0
    event: Id | None = None
    """The report of the same event, if there is one."""


class EventIndex(Generic[Id]):
    """Reports that opened an event, about 500 bytes each."""

    def __init__(self) -> None:
        self._outlines: dict[Id, Outline] = {}
        self._by_word: defaultdict[int, list[Id]] = defaultdict(list)

    def add(self, identity: Id, added: Outline) -> None:
        self._outlines[identity] = added
        for word in (*added.words.tolist(), *added.minutes):
            self._by_word[word].append(identity)

    def nearest(self, asked: Outline) -> Nearest[Id]:
        """How like the most similar report is, and the best of those that tell of the same event."""
        shared = Counter(
            identity
            for word in (*asked.words.tolist(), *asked.minutes)
            for identity in self._by_word.get(word, ())[-PER_WORD:]
        )
        found = [
            (likeness(asked, self._outlines[identity]), identity) for identity, _ in shared.most_common(CANDIDATES)
        ]
        same = [each for each in found if is_same_event(asked, self._outlines[each[1]])]
        highest = max((value for value, _ in found), default=0.0)
        return Nearest(highest, max(same, key=lambda each: each[0])[1] if same else None)
