"""Topics of hot lists: kept beside the articles and never among them, for the tagger to compare articles with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.base import FetchedItem, Parsed
from content_store import tags
from content_store.tables import HotTopic, Source
from steps.newsroom import Newsroom
from tagging import HotTopic as ListedTopic

HOT_FOR = timedelta(days=2)
"""How long a topic counts as hot after it was last seen on a list."""
HOT_REACH = timedelta(days=14)
"""How old an article may be to be matched with a topic that is new on a list."""


MOST_LINES = 1000
"""Lines of all lists together that articles are compared with, the best placed first: each hundred take half a
millisecond an article."""


def listed_now(newsroom: Newsroom, now: datetime) -> list[ListedTopic]:
    """The topics that count as hot now, MOST_LINES at most."""
    with newsroom.store.reading() as session:
        topics = tags.hot_topics(session, since=now - HOT_FOR, limit=MOST_LINES)
        looks = tags.latest_looks(session, until=now)
    return [_listed(topic, still=topic.last_seen_at == looks.get(topic.list_key)) for topic in topics]


def left_out(newsroom: Newsroom, now: datetime) -> int:
    """How many lines that were seen lately stand too low to be compared with articles."""
    with newsroom.store.reading() as session:
        return max(0, tags.number_of_hot_topics(session, since=now - HOT_FOR) - MOST_LINES)


def take_hot_list(newsroom: Newsroom, list_key: str, topics: Iterable[ListedTopic], now: datetime) -> int:
    """A look at a hot list that somebody brought. Returns how many topics are new."""
    rows = [
        {"topic": topic.topic[:300], "rank": topic.rank or place, "description": topic.description}
        for place, topic in enumerate(topics, 1)
    ]
    return _keep(newsroom, list_key, rows, now, at=now)


def topics_apart(newsroom: Newsroom, source: Source, parsed: Parsed, now: datetime) -> tuple[Parsed, int]:
    """Keeps the topics among the items under the source's key; returns the items that are articles, and the number of topics."""
    hot = [item for item in parsed.items if "hot" in item.raw]
    if not hot:
        return parsed, 0
    # a list that says when it was made is that list however often it is read
    _keep(newsroom, source.key, rows_of(hot), now, at=min(_made_at(hot) or now, now))
    return parsed.model_copy(update={"items": tuple(item for item in parsed.items if "hot" not in item.raw)}), len(hot)


def rows_of(items: Sequence[FetchedItem]) -> list[dict[str, Any]]:
    """Topics as columns of the store. Pure."""
    return [
        {
            "topic": item.title[:300],
            "rank": item.raw["hot"]["rank"],
            "heat": item.raw["hot"]["heat"],
            "url": item.url,
            "description": item.summary,
        }
        for item in items
    ]


def _keep(newsroom: Newsroom, list_key: str, rows: list[dict[str, Any]], now: datetime, *, at: datetime) -> int:
    """Where a topic is new, articles of the last days are due for tagging again, since they may be hot now."""
    with newsroom.store.session() as session:
        new = tags.keep_hot_topics(session, list_key, rows, at=at, now=now, anew_after=HOT_FOR)
        if new:
            tags.due_again(session, since=now - HOT_REACH)
        return new


def _made_at(items: Sequence[FetchedItem]) -> datetime | None:
    said = str(items[0].raw["hot"]["at"])
    return datetime.fromisoformat(said) if said else None


def _listed(topic: HotTopic, *, still: bool) -> ListedTopic:
    """`still`: the last look at its list saw it. One that has left is hot for a while, but stands nowhere."""
    return ListedTopic(
        topic=topic.topic,
        rank=topic.rank if still else None,
        trend="" if still else "off",
        list=topic.list_key,
        heat=topic.heat,
        description=topic.description,
        times_seen=topic.times_seen,
        first_seen=topic.first_seen_at,
        last_seen=topic.last_seen_at,
        previous_rank=topic.previous_rank,
        best_rank=topic.best_rank,
    )
