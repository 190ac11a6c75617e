"""What is hot now: the topics of all lists joined, beside what we have collected and written ourselves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from content_store import stories, tags
from content_store.tables import Story, StoryVersion
from steps.hot_lists import HOT_REACH, left_out, listed_now
from steps.newsroom import Newsroom
from steps.tag import key_of
from steps.theme_days import OPEN
from tagging import HotTopic, JoinedTopic, TaggedText, Tagger
from tagging.topics import burst, bursting

_DAY = timedelta(days=1)
_KEYWORDS = 5
"""So many of an article's keywords, the heaviest, count for it."""
_STORIES = 3
SCIENCE = 0.3
"""From this on a topic has a science angle."""


@dataclass(frozen=True)
class Fitting:
    """A story of ours that could be sent out on the topic."""

    story_id: int
    title: str
    score: float
    status: str


@dataclass(frozen=True)
class HotNow:
    """A topic with what we know of it. `burst`: how far our articles of the last 24 hours stand above the days before."""

    topic: JoinedTopic
    science: float
    signs: tuple[str, ...]
    """What speaks for a rumour: words of the topic, or that articles about it are debunkings (辟谣)."""
    articles: int
    articles_today: int
    burst: float
    stories: tuple[Fitting, ...]

    @property
    def has_science(self) -> bool:
        return self.science >= SCIENCE

    @property
    def has_stock(self) -> bool:
        """Whether we have something on it already."""
        return bool(self.articles or self.stories)


@dataclass(frozen=True)
class HotBoard:
    topics: tuple[HotNow, ...]
    """The first by rank first."""
    bursting: tuple[tuple[str, int, float], ...]
    """(keyword, articles in the last 24 hours, burst): what our own sources speak of all at once, lists or no lists."""
    left_out: int = 0
    """Lines of lists that stand too low to be looked at (hot_lists.MOST_LINES)."""

    @property
    def to_debunk(self) -> tuple[HotNow, ...]:
        return tuple(each for each in self.topics if each.signs)

    def called(self, name: str) -> HotNow | None:
        """The topic of this name, or with a line of this wording."""
        said = (each for each in self.topics if name in {line.topic for line in each.topic.lines})
        return next(said, None)


@dataclass(frozen=True)
class _About:
    """Our articles about one topic: how many by days ago, and how many of them debunk something."""

    by_day: Counter[int]
    debunking: int


def hot_board(newsroom: Newsroom, now: datetime, more: Sequence[HotTopic] = ()) -> HotBoard:
    """The topics of the collected lists, and of one more list where it is given."""
    lines = [*listed_now(newsroom, now), *more]
    since = now - HOT_REACH
    with newsroom.store.reading() as session:
        articles = tags.hot_articles(session, since=since)
        words = tags.keywords(session, since=since)
        written = stories.listed(session, statuses=OPEN, kinds=("story",))
    tagger = newsroom.tagger
    joined = tagger.joined(lines)
    about = _by_topic(articles, now)
    fitting = _fitting(tagger, written, lines)
    topics = [_one(tagger, topic, about, fitting) for topic in joined]
    topics.sort(key=lambda each: (each.topic.rank or 10_000, -each.topic.times_seen, each.topic.name))
    days = ((_ago(at, now), [word for word, _ in said[:_KEYWORDS]]) for at, said in words)
    return HotBoard(tuple(topics), tuple(bursting(days)), left_out(newsroom, now))


def _one(tagger: Tagger, topic: JoinedTopic, about: dict[str, _About], fitting: dict[str, list[Fitting]]) -> HotNow:
    own = [about[key] for key in keys_of(topic) if key in about]
    by_day = sum((each.by_day for each in own), Counter[int]())
    signs = dict.fromkeys(sign for line in topic.lines for sign in tagger.rumour_signs(line))
    if any(each.debunking for each in own):
        signs["辟谣文章"] = None
    return HotNow(
        topic=topic,
        science=max(tagger.science_angle(line) for line in topic.lines),
        signs=tuple(signs),
        articles=by_day.total(),
        articles_today=by_day[0],
        burst=burst(by_day[0], [by_day[ago] for ago in range(1, HOT_REACH.days)]),
        stories=tuple(fitting.get(topic.name, ())[:_STORIES]),
    )


def keys_of(topic: JoinedTopic) -> tuple[str, ...]:
    """Keys under which articles may be tagged with it: a topic bears the name of the list that had it first. Pure."""
    return tuple(dict.fromkeys(key_of(line.topic) for line in topic.lines))


def _by_topic(articles: Iterable[tuple[str, int, datetime, str]], now: datetime) -> dict[str, _About]:
    days: dict[str, Counter[int]] = defaultdict(Counter)
    debunking: Counter[str] = Counter()
    for topic, _, at, kind in articles:
        days[topic][_ago(at, now)] += 1
        debunking[topic] += kind == "debunk"
    return {topic: _About(by_day, debunking[topic]) for topic, by_day in days.items()}


def _ago(at: datetime, now: datetime) -> int:
    return max(0, (now - at) // _DAY)


def _fitting(
    tagger: Tagger, written: Iterable[tuple[Story, StoryVersion]], lines: Sequence[HotTopic]
) -> dict[str, list[Fitting]]:
    """Topic → the stories that fit it, the best first."""
    found: dict[str, list[Fitting]] = defaultdict(list)
    for story, version in written:
        text = TaggedText(str(story.id), version.title, f"{version.digest}\n{version.short_text}")
        for tag in tagger.topics_of(text, lines):
            if story.id is not None:
                found[tag.topic].append(Fitting(story.id, version.title, tag.score, story.status))
    return {topic: sorted(fits, key=lambda fit: -fit.score) for topic, fits in found.items()}
