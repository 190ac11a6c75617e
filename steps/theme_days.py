"""Theme days of the next weeks, and what is in stock for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from content_store import inbox, stories
from content_store.inbox import Line
from content_store.tables import Story, StoryVersion
from steps.newsroom import Newsroom
from tagging.days import ThemeDay, beijing_day, caution, coming, unannounced, undated

WITHIN = 30
"""Days ahead that are looked at."""
SHOWN = 4
"""So many articles and stories of each day."""
STORIES = 1000
"""Stories looked through, last touched first."""
OPEN = ("editing", "in_review", "approved", "released")
"""States of a story in which it can still be sent out, or sent out again."""


@dataclass(frozen=True)
class Coming:
    """An occurrence of a theme day. `left`: days until it begins; 0: today; below 0: it began and goes on."""

    day: ThemeDay
    begins: date
    left: int

    @property
    def ends(self) -> date:
        """Its last day."""
        return self.begins + timedelta(days=self.day.length - 1)

    @property
    def caution(self) -> str:
        """That the date is only the usual one; empty where it is certain."""
        return caution(self.day, self.begins)

    @property
    def said(self) -> str:
        """How long until then, in Chinese."""
        if self.left > 0:
            return f"还有 {self.left} 天" if self.left > 1 else "明天"
        rest = self.left + self.day.length - 1
        if rest == 0:
            return "今天" if self.day.length == 1 else "今天结束"
        return f"正在进行，还剩 {rest} 天"


@dataclass(frozen=True)
class Stock:
    """What of ours could go out on a day, the best fitting first."""

    coming: Coming
    stories: tuple[tuple[Story, StoryVersion], ...]
    articles: tuple[Line, ...]


def coming_days(newsroom: Newsroom, now: datetime, within: int = WITHIN) -> list[Coming]:
    """What goes on and what begins in so many days, by first day; days are Beijing's. Raises LexiconError."""
    today = beijing_day(now)
    return [Coming(day, start, (start - today).days) for start, day in coming(newsroom.theme_days, today, within)]


def open_dates(newsroom: Newsroom, now: datetime, within: int = WITHIN) -> list[str]:
    """In Chinese, the days that usually come in so many days, and whose date is set each year and not known yet."""
    return [undated(day) for day in unannounced(newsroom.theme_days, beijing_day(now), within)]


def next_days(newsroom: Newsroom, now: datetime, number: int = 3) -> list[Coming]:
    """The next that begin, for a line where somebody plans something else."""
    return [each for each in coming_days(newsroom, now) if each.left >= 0][:number]


def stocks(newsroom: Newsroom, found: Iterable[Coming]) -> list[Stock]:
    """Each of the days with the stories and articles that fit it."""
    with newsroom.store.reading() as session:
        written = stories.listed(session, statuses=OPEN, kinds=("story",), limit=STORIES)
        return [Stock(each, fitting(written, each.day), _articles(session, each.day)) for each in found]


def fitting(
    written: Sequence[tuple[Story, StoryVersion]], day: ThemeDay, most: int = SHOWN
) -> tuple[tuple[Story, StoryVersion], ...]:
    """The stories that speak of the day or its subject, those that do in the title first. Pure."""
    words = words_of(day)
    ranked = [(_fit(version, words), (story, version)) for story, version in written]
    ranked.sort(key=lambda pair: -pair[0])  # stable: of those that fit as well, the last touched first
    return tuple(each for fit, each in ranked if fit)[:most]


def words_of(day: ThemeDay) -> tuple[str, ...]:
    """What to look for: its name in all forms, and the words of its subject. Pure."""
    return tuple(dict.fromkeys((day.name, *day.alias, *day.words)))


def searches(day: ThemeDay) -> tuple[str, ...]:
    """The words that find everything that its names and words find: what holds another of them is found by that. Pure."""
    words = words_of(day)
    return tuple(word for word in words if not any(other in word for other in words if other != word))


def _fit(version: StoryVersion, words: Iterable[str]) -> int:
    text = f"{version.digest}\n{version.short_text}"
    return sum(3 * (word in version.title) + (word in text) for word in words)


def _articles(session: Session, day: ThemeDay) -> tuple[Line, ...]:
    """Science about the day or its subject, tagged with it or by the words, one of each cluster; the newest first."""
    wanted = [inbox.Wanted(theme="day", key=day.key, kind="science")]
    wanted += [inbox.Wanted(words=word, kind="science") for word in searches(day)]
    found = {line.id: line for each in wanted for line in inbox.listed(session, each, limit=SHOWN)}
    return tuple(sorted(found.values(), key=lambda line: line.at, reverse=True)[:SHOWN])
