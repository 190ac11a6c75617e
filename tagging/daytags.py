"""The theme days a text belongs to: it names the day, or it is about the day's subject and stands close to it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from tagging.days import ThemeDay, beijing_day
from tagging.document import Letters, plain
from tagging.lexicon import Lexicon
from tagging.matching import Found
from tagging.shapes import DayTag, Evidence


class DayReader:
    def __init__(self, lexicon: Lexicon, letters: Letters) -> None:
        self._days = tuple(
            (
                day,
                tuple(plain(name, letters) for name in (day.name, *day.alias)),
                tuple(plain(w, letters) for w in day.words),
            )
            for day in lexicon.days
        )
        self._told_by: dict[str, set[int]] = defaultdict(set)
        for number, (_, names, words) in enumerate(self._days):
            for word in (*names, *words):
                self._told_by[word].add(number)
        self.words = set(self._told_by)

    def read(self, found: Found, published_at: datetime | None) -> tuple[DayTag, ...]:
        told_by = self._told_by
        near = {number for word in found.places if word in told_by for number in told_by[word]}
        if not near:
            return ()
        day = beijing_day(published_at) if published_at else None
        tags = [tag for number in sorted(near) if (tag := _tag(found, *self._days[number], day))]
        return tuple(sorted(tags, key=lambda tag: (-tag.score, tag.key)))


def _tag(
    found: Found, theme: ThemeDay, names: tuple[str, ...], words: tuple[str, ...], day: date | None
) -> DayTag | None:
    named = [(start, name) for name in names for start in found.at(name)[:1]]
    begins = theme.near(day) if day else None
    if named:
        return DayTag(theme.key, theme.name, begins, 0.95, _evidence(found, named))
    if day is None or not theme.open_on(day):
        return None
    about = [(start, word) for word in words for start in found.at(word)]
    in_title = any(start < found.document.title_end for start, _ in about)
    if in_title or len(about) >= 3:
        return DayTag(theme.key, theme.name, begins, 0.8 if in_title else 0.6, _evidence(found, about[:5]))
    return None


def _evidence(found: Found, places: list[tuple[int, str]]) -> tuple[Evidence, ...]:
    return tuple(found.document.evidence(start, word) for start, word in sorted(places))
